package org.patchboard.scanning.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.patchboard.scanning.spi.PackageProbe.Seen;
import org.patchboard.scanning.spi.PackageProbe.Unreachable;
import org.patchboard.shared.Host;

/** What every probe promises; the sentences of {@link PackageProbe} as tests. */
public abstract class PackageProbeContract {

    protected static final Duration PATIENCE = Duration.ofSeconds(30);

    protected abstract PackageProbe probe();

    /** Two hosts that answer. */
    protected abstract List<Host> hosts();

    /** A host that cannot be reached. */
    protected abstract Host unreachable();

    /** A package that is completely installed on all {@link #hosts()}. */
    protected abstract String installed();

    /** Its version there. */
    protected abstract String version();

    /** A package none of the hosts has. */
    protected abstract String absent();

    @Test
    void hasAName() {
        assertThat(probe().product()).isNotBlank();
    }

    @Test
    void seesTheExactVersionOnEveryHost() {
        var sight = probe().look(hosts(), Set.of(installed()), PATIENCE);
        assertThat(sight.unreachable()).isEmpty();
        assertThat(sight.seen()).extracting(Seen::host).containsExactlyInAnyOrderElementsOf(hosts());
        assertThat(sight.seen()).allSatisfy(seen -> {
            assertThat(seen.name()).isEqualTo(installed());
            assertThat(seen.version()).isEqualTo(version());
            assertThat(seen.complete()).isTrue();
        });
    }

    @Test
    void saysSoWhenAPackageIsNotThere() {
        var sight = probe().look(hosts(), Set.of(installed(), absent()), PATIENCE);
        assertThat(sight.seen()).hasSize(4);
        assertThat(sight.seen())
                .filteredOn(seen -> seen.name().equals(absent()))
                .allSatisfy(seen -> {
                    assertThat(seen.version()).isNull();
                    assertThat(seen.complete()).isFalse();
                    assertThat(seen.detail()).isNotBlank();
                });
    }

    @Test
    void knowsNothingOfAHostItCannotReachAndStillAnswersForTheOthers() {
        var sight = probe().look(List.of(unreachable(), hosts().get(0)), Set.of(installed()), PATIENCE);
        assertThat(sight.seen()).extracting(Seen::host).containsExactly(hosts().get(0));
        assertThat(sight.unreachable()).extracting(Unreachable::host).containsExactly(unreachable());
        assertThat(sight.unreachable().get(0).why()).isNotBlank();
    }

    @Test
    void hasNothingToSayWhenAskedForNothing() {
        assertThat(probe().look(List.of(), Set.of(installed()), PATIENCE).seen())
                .isEmpty();
    }
}
