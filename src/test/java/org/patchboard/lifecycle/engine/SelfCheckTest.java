package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TimeZone;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.springframework.beans.factory.annotation.Autowired;

@PatchboardTest
class SelfCheckTest {

    @Autowired
    ProcessEngineConfigurationImpl engine;

    @Test
    void theHouseIsSafeToStart() {
        assertThat(SelfCheck.faults(engine)).isEmpty();
    }

    @Test
    void anEngineAsItIsDeliveredIsNot() {
        assertThat(SelfCheck.faults(new StandaloneProcessEngineConfiguration()))
                .contains(
                        "authorizations are off",
                        "the history is not full",
                        "stored filters take expressions",
                        "tasks can be made beside a process",
                        "the engine keeps people of its own",
                        "an unknown error ends a process in silence",
                        "models see every bean",
                        "no guard stands before the engine");
        assertThatThrownBy(
                        () -> new SelfCheck(new StandaloneProcessEngineConfiguration()).afterSingletonsInstantiated())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("authorizations are off");
    }

    @Test
    void aNodeThatThinksInAnotherZoneIsNot() {
        var zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            assertThat(SelfCheck.faults(engine)).anyMatch(fault -> fault.contains("UTC"));
            TimeZone.setDefault(TimeZone.getTimeZone("Europe/London"));
            assertThat(SelfCheck.faults(engine)).anyMatch(fault -> fault.contains("UTC"));
        } finally {
            TimeZone.setDefault(zone);
        }
    }
}
