package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.risk.Decisions;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** A draft of a decision table is tried before anybody relies on it. */
@PatchboardTest
class BackTestsTest {

    private static final String TABLE = "deadline-organisation";

    @Autowired
    ApplicationContext context;

    @Autowired
    BackTests backTests;

    @Autowired
    Decisions decisions;

    private ChangeId change;

    @BeforeEach
    void aChangeWithAReceipt() {
        change = new Scene(context).affected("web1").record();
        decisions.decide(change, TABLE, Map.of("priority", "critical"));
    }

    private static String inForce() throws IOException {
        return Files.readString(Path.of("processes", TABLE + ".dmn"));
    }

    private BackTests.Report run(String draft) {
        return backTests.run(TABLE, draft.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theTableInForceIsSoundAndDecidesNothingOtherwise() throws IOException {
        var report = run(inForce());
        assertThat(report.problems()).isEmpty();
        assertThat(report.differences())
                .extracting(BackTests.Difference::change)
                .doesNotContain(change.value());
        assertThat(report.receipts()).isPositive();
        assertThat(report.combinations()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void everyTableOfTheHouseIsSound(String table) throws IOException {
        var soundness = backTests.test(table, Files.readAllBytes(Path.of("processes", table + ".dmn")));
        assertThat(soundness.problems()).isEmpty();
        assertThat(soundness.combinations()).isPositive();
    }

    static Stream<String> tables() throws IOException {
        try (var files = Files.list(Path.of("processes"))) {
            return files
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".dmn"))
                    .map(name -> name.replace(".dmn", ""))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @Test
    void refusesWordsThatNobodyUnderstandsAndQuestionsThatNobodyAnswers() throws IOException {
        var priority = Files.readString(Path.of("processes", "priority.dmn"));
        var urgent = priority.replaceFirst(
                "<text>&quot;critical&quot;</text></outputEntry>", "<text>&quot;urgent&quot;</text></outputEntry>");
        assertThat(urgent).isNotEqualTo(priority);
        assertThat(backTests
                        .test("priority", urgent.getBytes(StandardCharsets.UTF_8))
                        .problems())
                .anyMatch(problem -> problem.startsWith("Nobody understands \"urgent\""));
        var moon = priority.replace("<text>criticality</text>", "<text>moon</text>");
        assertThat(backTests
                        .test("priority", moon.getBytes(StandardCharsets.UTF_8))
                        .problems())
                .anyMatch(problem -> problem.startsWith("Nobody gives it moon"));
        var silent = priority.replace("name=\"priority\" typeRef", "name=\"urgency\" typeRef");
        assertThat(backTests
                        .test("priority", silent.getBytes(StandardCharsets.UTF_8))
                        .problems())
                .anyMatch(problem -> problem.startsWith("It says {urgency=string} instead of"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(function(a) external { java: { class: &quot;java.lang.Math&quot;, method signature: &quot;abs(int)&quot; } })(7)",
                "count(for i in 1..1000000000 return i)",
                "if some i in 1..1000000000 satisfies i = 0 then 1 else 2",
                "((((((((((((((((((((7))))))))))))))))))))"
            })
    void refusesATableThatDoesMoreThanCompareAndSay(String cell) throws IOException {
        var draft = inForce().replace("<text>7</text>", "<text>" + cell + "</text>");
        assertThat(draft).isNotEqualTo(inForce());
        assertThatThrownBy(() -> run(draft)).isInstanceOf(MalformedInput.class).hasMessageContaining("a cell");
    }

    @Test
    void takesWordsThatLookLikeAProgramForWords() throws IOException {
        var priority = Files.readString(Path.of("processes", "priority.dmn"));
        var odd = priority.replaceFirst(
                "<text>&quot;public&quot;</text>", "<text>&quot;public&quot;, &quot;for all in (here&quot;</text>");
        assertThat(odd).isNotEqualTo(priority);
        backTests.refuseMalformed("priority", odd.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void saysWhatEveryChangeWouldHaveGotInstead() throws IOException {
        var draft = inForce().replaceFirst("<text>7</text>", "<text>5</text>");
        assertThat(draft).isNotEqualTo(inForce());
        assertThat(run(draft).differences())
                .filteredOn(difference -> difference.change().equals(change.value()))
                .singleElement()
                .satisfies(difference -> {
                    assertThat(difference.before().get(0)).containsEntry("days", 7);
                    assertThat(difference.after().get(0)).containsEntry("days", 5);
                });
    }

    @Test
    void findsAGap() throws IOException {
        var draft = inForce().replaceFirst("(?s)<rule id=\"Rule_DeadlineOrganisation_1\">.*?</rule>", "");
        assertThat(run(draft).problems()).contains("No row for {priority=critical}");
    }

    @Test
    void findsARowThatIsNeverReached() throws IOException {
        var draft = inForce()
                .replaceFirst(
                        "(<inputEntry id=\"InputEntry_DeadlineOrganisation_4_1\"><text>)[^<]*",
                        "$1&quot;a&quot; = &quot;b&quot;");
        assertThat(run(draft).problems()).anyMatch(problem -> problem.startsWith("Never reached"));
    }

    @Test
    void findsAnOverlap() throws IOException {
        var draft = inForce().replaceFirst("&quot;high&quot;", "&quot;critical&quot;,&quot;high&quot;");
        assertThat(draft).isNotEqualTo(inForce());
        assertThat(run(draft).problems()).anyMatch(problem -> problem.startsWith("Several rows for"));
    }

    @Test
    void refusesWhatIsNoTableOfFeel() throws IOException {
        assertThatThrownBy(() -> run("<a/>")).isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> run("no XML at all")).isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> run(inForce().replace("id=\"" + TABLE + "\"", "id=\"priority\"")))
                .isInstanceOf(MalformedInput.class);
        assertThatThrownBy(
                        () -> run(inForce().replaceFirst("<inputEntry ", "<inputEntry expressionLanguage=\"groovy\" ")))
                .isInstanceOf(MalformedInput.class)
                .hasMessageContaining("FEEL");
        assertThatThrownBy(() -> run("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
                        + inForce().substring(inForce().indexOf("<definitions"))))
                .isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> backTests.run("no-such-decision", inForce().getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Refusal.class);
    }
}
