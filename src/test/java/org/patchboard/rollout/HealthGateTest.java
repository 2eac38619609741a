package org.patchboard.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.patchboard.rollout.RingLedger.Tally;

class HealthGateTest {

    @Test
    void letsARingThroughWhoseShareSucceeded() {
        assertThat(HealthGate.against(new Tally(20, 19, 0, 0), 95)).isEmpty();
    }

    @Test
    void doesNotRoundUpToTheShare() {
        assertThat(HealthGate.against(new Tally(37, 35, 0, 0), 95))
                .hasValueSatisfying(why -> assertThat(why).contains("35 of 37").contains("95 %"));
    }

    @Test
    void stopsARingForOneFailureOfVeryHighCriticality() {
        assertThat(HealthGate.against(new Tally(100, 99, 0, 1), 50)).isPresent();
    }

    @Test
    void stopsARingWithHostsThatWereNeverStarted() {
        assertThat(HealthGate.against(new Tally(100, 99, 1, 0), 50)).isPresent();
    }

    @Test
    void letsARingThroughThatHasNoHostsLeft() {
        assertThat(HealthGate.against(new Tally(0, 0, 0, 0), 100)).isEmpty();
    }
}
