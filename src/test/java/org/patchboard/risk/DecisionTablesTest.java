package org.patchboard.risk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.springframework.beans.factory.annotation.Autowired;

@PatchboardTest
class DecisionTablesTest {

    @Autowired
    DecisionEngine tables;

    @ParameterizedTest(name = "row {0}")
    @CsvSource({
        "1,  true,  true,  true,  total,   3,  true",
        "2,  true,  true,  true,  partial, 3,  false",
        "3,  true,  true,  false, total,   3,  true",
        "4,  true,  true,  false, partial, 14, false",
        "5,  true,  false, true,  total,   3,  true",
        "6,  true,  false, true,  partial, 14, false",
        "7,  true,  false, false, total,   14, false",
        "8,  true,  false, false, partial, 14, false",
        "9,  false, true,  true,  total,   3,  false",
        "10, false, true,  true,  partial, 14, false",
        "11, false, true,  false, total,   14, false",
        "12, false, true,  false, partial, 60, false",
        "13, false, false, true,  total,   60, false",
        "14, false, false, true,  partial, 60, false",
        "15, false, false, false, total,   -1, false",
        "16, false, false, false, partial, -1, false"
    })
    void bod2604SaysWhatItsTableSays(
            int row, boolean kev, boolean exposed, boolean automatable, String impact, int days, boolean forensics) {
        var evaluation = tables.evaluate(
                "deadline-us-cisa-bod-26-04",
                null,
                Map.of("inKev", kev, "exposed", exposed, "automatable", automatable, "technicalImpact", impact));
        assertThat(evaluation.outputs()).singleElement().satisfies(output -> {
            assertThat(((Number) output.get("days")).intValue()).isEqualTo(days);
            assertThat(output).containsEntry("forensicTriage", forensics);
        });
        assertThat(evaluation.rules().get(0).description()).startsWith("Row " + row + ":");
    }

    @Test
    void whateverHappenedThereIsOneAnswerWhetherItIsReviewed() {
        var facts = List.of("halted", "backedOut", "glassBroken", "emergency", "late", "sampled");
        for (int happened = 0; happened < 1 << facts.size(); happened++) {
            var inputs = new HashMap<String, Object>();
            for (int fact = 0; fact < facts.size(); fact++) {
                inputs.put(facts.get(fact), (happened & 1 << fact) != 0);
            }
            assertThat(tables.evaluate("review-need", null, inputs).outputs())
                    .as(inputs.toString())
                    .singleElement()
                    .satisfies(output -> assertThat(output).containsEntry("needed", inputs.containsValue(true)));
        }
    }

    @Test
    void everyCombinationHasExactlyOnePriority() {
        for (var kev : List.of(true, false)) {
            for (var exposure : List.of("public", "internal")) {
                for (var cvss : List.of(0.0, 3.9, 4.0, 6.9, 7.0, 8.9, 9.0, 10.0)) {
                    for (var epss : List.of(0.0, 0.09999, 0.1, 0.49999, 0.5, 1.0)) {
                        for (var criticality : List.of("low", "medium", "high", "very-high")) {
                            var inputs = Map.of(
                                    "kev",
                                    kev,
                                    "exposure",
                                    exposure,
                                    "cvss",
                                    cvss,
                                    "epss",
                                    epss,
                                    "criticality",
                                    criticality);
                            assertThat(tables.evaluate("priority", null, inputs).outputs())
                                    .as("%s", inputs)
                                    .hasSize(1);
                        }
                    }
                }
            }
        }
    }

    @Test
    void everyChangeHasExactlyOneClass() {
        for (var exploited : List.of(true, false)) {
            for (var priority : List.of("critical", "high", "medium", "low")) {
                for (var hosts : List.of(1, 100, 101)) {
                    for (var criticality : List.of("low", "medium", "high", "very-high")) {
                        assertThat(tables.evaluate(
                                                "change-classification",
                                                null,
                                                Map.of(
                                                        "exploitedAndExposed", exploited,
                                                        "priority", priority,
                                                        "hosts", hosts,
                                                        "criticality", criticality,
                                                        "licensed", hosts == 1))
                                        .outputs())
                                .hasSize(1);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2027-01-31T12:00:00Z, 2027-02-28T12:00:00Z",
        "2028-01-31T12:00:00Z, 2028-02-29T12:00:00Z",
        "2027-03-01T12:00:00Z, 2027-04-01T11:00:00Z"
    })
    void aMonthIsTheCalendarsMonthInTheGroupsZone(Instant start, Instant due) {
        assertThat(Deadlines.due(start, Map.of("months", 1), ZoneId.of("Europe/Berlin")))
                .isEqualTo(due);
    }
}
