package org.patchboard.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.inventory.spi.HostInventory;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.scanning.spi.PackageProbe;
import org.springframework.beans.factory.annotation.Autowired;

/** An adapter is chosen by its product's name, and a maintenance group may name each of these. */
@PatchboardTest
class AdaptersTest {

    @Autowired
    List<Deployer> deployers;

    @Autowired
    List<PackageProbe> probes;

    @Autowired
    List<HostInventory> inventories;

    @Test
    void everyProductAGroupMayNameIsThereOnce() {
        assertThat(deployers).extracting(Deployer::product).containsExactlyInAnyOrder("ansible", "manual", "simulator");
        assertThat(probes)
                .extracting(PackageProbe::product)
                .contains("dpkg-query")
                .doesNotHaveDuplicates();
        assertThat(inventories).extracting(HostInventory::product).containsExactly("ansible");
    }
}
