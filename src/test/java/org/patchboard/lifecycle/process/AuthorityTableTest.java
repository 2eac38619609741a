package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.risk.DecisionEngine;
import org.springframework.beans.factory.annotation.Autowired;

@PatchboardTest
class AuthorityTableTest {

    @Autowired
    DecisionEngine tables;

    private List<Map<String, Object>> decide(String changeClass, String risk, String priority, int round) {
        return tables.evaluate(
                        ChangeAuthorization.DECISION,
                        null,
                        Map.of("changeClass", changeClass, "risk", risk, "priority", priority, "round", round))
                .outputs();
    }

    @ParameterizedTest
    @CsvSource({
        "standard,  low,  low,      1, standard,       1, '',                      48,  ecab",
        "normal,    low,  low,      1, change-manager, 1, '',                      72,  ecab",
        "normal,    high, critical, 1, cab,            3, security-representative, 48,  ecab",
        "normal,    high, low,      1, cab,            3, security-representative, 120, ecab",
        "emergency, high, critical, 1, ecab,           2, '',                      1,   break-glass",
        "normal,    high, high,     2, ecab,           2, '',                      24,  ''",
        "emergency, high, critical, 2, ecab,           2, '',                      24,  ''"
    })
    void namesTheAuthority(
            String changeClass,
            String risk,
            String priority,
            int round,
            String authority,
            int minimum,
            String required,
            int hours,
            String escalation) {
        assertThat(decide(changeClass, risk, priority, round)).singleElement().satisfies(row -> {
            assertThat(row).containsEntry("authority", authority).containsEntry("requiredTeams", required);
            assertThat(row).containsEntry("escalation", escalation);
            assertThat(((Number) row.get("minimumVotes")).intValue()).isEqualTo(minimum);
            assertThat(((Number) row.get("deadlineHours")).intValue()).isEqualTo(hours);
        });
    }

    @Test
    void everyCombinationHasExactlyOneAuthorityAndNobodyIsHandedOverTwice() {
        for (var changeClass : List.of("standard", "normal", "emergency")) {
            for (var risk : List.of("low", "high")) {
                for (var priority : List.of("critical", "high", "medium", "low")) {
                    assertThat(decide(changeClass, risk, priority, 1)).hasSize(1);
                    assertThat(decide(changeClass, risk, priority, 2))
                            .singleElement()
                            .satisfies(row -> assertThat(row).containsEntry("escalation", ""));
                }
            }
        }
    }
}
