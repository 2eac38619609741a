package org.patchboard.house;

import org.junit.jupiter.api.Test;
import org.patchboard.Patchboard;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTest {

    @Test
    void roomsUseEachOtherOnlyInTheDirectionsTheyDeclare() {
        ApplicationModules.of(Patchboard.class).verify();
    }
}
