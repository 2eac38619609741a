package org.patchboard.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.change.Plan.PlannedHost;
import org.patchboard.change.Plan.PlannedRing;
import org.patchboard.change.PlanProposal.Candidate;

class PlanProposalTest {

    private static Candidate host(int number, boolean lab, String haGroup) {
        return new Candidate(new PlannedHost(number, "host" + number, List.of()), lab, haGroup);
    }

    private static List<Candidate> hosts(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(n -> host(n, false, null))
                .toList();
    }

    private static List<PlannedRing> rings(String strategy, List<Candidate> hosts) {
        return PlanProposal.rings(hosts, strategy, 5, Duration.ofMinutes(30), 95);
    }

    private static List<Integer> sizes(List<PlannedRing> rings) {
        return rings.stream().map(ring -> ring.hosts().size()).toList();
    }

    @Test
    void theCanaryIsFivePercent() {
        var rings = rings("canary", hosts(200));
        assertThat(sizes(rings)).containsExactly(10, 190);
        assertThat(rings).extracting(PlannedRing::kind).containsExactly("canary", "broad");
        assertThat(rings).extracting(PlannedRing::number).containsExactly(1, 2);
    }

    @Test
    void theCanaryIsAtLeastOneHost() {
        assertThat(sizes(rings("canary", hosts(3)))).containsExactly(1, 2);
        assertThat(sizes(rings("canary", hosts(1)))).containsExactly(1);
    }

    @Test
    void theLabIsRingZeroAndNotCounted() {
        var all = new ArrayList<>(List.of(host(900, true, null), host(901, true, null)));
        all.addAll(hosts(20));
        var rings = rings("canary", all);
        assertThat(rings).extracting(PlannedRing::number).containsExactly(0, 1, 2);
        assertThat(sizes(rings)).containsExactly(2, 1, 19);
        assertThat(rings.get(0).kind()).isEqualTo("lab");
    }

    @Test
    void hostsOfTheLabAloneAreWhatTheChangeIsAbout() {
        var rings = rings("canary", List.of(host(1, true, null), host(2, true, null)));
        assertThat(rings).extracting(PlannedRing::number).containsExactly(1, 2);
        assertThat(rings).extracting(PlannedRing::kind).doesNotContain("lab");
    }

    @Test
    void strategiesCutDifferently() {
        assertThat(sizes(rings("hotfix", hosts(100)))).containsExactly(100);
        assertThat(sizes(rings("mass", hosts(100)))).containsExactly(50, 50);
        assertThat(sizes(rings("rolling", hosts(100)))).containsExactly(25, 25, 25, 25);
        assertThat(sizes(rings("phased", hosts(100)))).containsExactly(5, 20, 75);
        assertThat(sizes(rings("canary", hosts(100)))).containsExactly(5, 95);
        assertThatIllegalArgumentException().isThrownBy(() -> rings("hope", hosts(1)));
    }

    @Test
    void theCanaryNeverHoldsTwoThatStandInForOneAnother() {
        var pairs = IntStream.range(0, 40)
                .mapToObj(n -> host(n, false, "pair" + n / 20))
                .toList();
        var canary = PlanProposal.rings(pairs, "canary", 25, Duration.ZERO, 95).get(0);
        assertThat(canary.hosts()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rolling"})
    void noSliceHoldsTwoThatStandInForOneAnother(String strategy) {
        var candidates = Stream.concat(
                        IntStream.range(0, 7).mapToObj(n -> host(n, false, "cluster")),
                        IntStream.range(10, 20).mapToObj(n -> host(n, false, null)))
                .toList();
        for (var ring : rings(strategy, candidates)) {
            assertThat(ring.hosts().stream().filter(host -> host.asset() < 10)).hasSizeLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotfix", "mass", "rolling", "phased", "canary"})
    void everyHostIsInExactlyOneRing(String strategy) {
        for (int count = 1; count < 60; count++) {
            var all = rings(strategy, hosts(count)).stream()
                    .flatMap(ring -> ring.hosts().stream())
                    .map(PlannedHost::asset)
                    .toList();
            assertThat(all).hasSize(count);
            assertThat(new HashSet<>(all)).hasSize(count);
        }
    }

    @Test
    void ringsAreNumberedWithoutGaps() {
        for (int count = 1; count < 30; count++) {
            var rings = rings("phased", hosts(count));
            assertThat(rings)
                    .extracting(PlannedRing::number)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, rings.size()).boxed().toList());
        }
    }
}
