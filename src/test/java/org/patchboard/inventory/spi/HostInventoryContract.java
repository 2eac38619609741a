package org.patchboard.inventory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.patchboard.inventory.spi.HostInventory.Document;
import org.patchboard.shared.Host;

/** What every live source of inventory promises; the sentences of {@link HostInventory} as tests. */
public abstract class HostInventoryContract {

    protected static final Duration PATIENCE = Duration.ofMinutes(2);

    protected abstract HostInventory inventory();

    /** Two hosts that answer. */
    protected abstract List<Host> hosts();

    /** A host that cannot be reached. */
    protected abstract Host unreachable();

    @Test
    void hasAName() {
        assertThat(inventory().product()).isNotBlank();
    }

    @Test
    void givesADocumentForEachHostThatAnswersAndTheReasonForEachThatDoesNot() throws Exception {
        var facts = inventory().gather(List.of(hosts().get(0), unreachable(), hosts().get(1)), PATIENCE);
        assertThat(facts.format()).isNotBlank();
        assertThat(facts.documents()).extracting(Document::host).containsExactlyElementsOf(hosts());
        for (var document : facts.documents()) {
            try (var content = document.open()) {
                assertThat(content.readAllBytes()).isNotEmpty();
            }
        }
        assertThat(facts.unreachable())
                .singleElement()
                .asString()
                .startsWith(unreachable().name())
                .hasSizeGreaterThan(unreachable().name().length() + 5);
    }

    @Test
    void hasNothingToSayWhenAskedForNobody() {
        assertThat(inventory().gather(List.of(), PATIENCE).documents()).isEmpty();
    }
}
