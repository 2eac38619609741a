package org.patchboard.lifecycle.engine;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.camunda.bpm.dmn.engine.DmnDecision;
import org.camunda.bpm.dmn.engine.DmnEngine;
import org.camunda.bpm.dmn.engine.delegate.DmnEvaluatedDecisionRule;
import org.camunda.bpm.dmn.engine.impl.DefaultDmnEngineConfiguration;
import org.camunda.bpm.model.dmn.Dmn;
import org.camunda.bpm.model.dmn.DmnModelInstance;
import org.camunda.bpm.model.dmn.HitPolicy;
import org.camunda.bpm.model.dmn.instance.Decision;
import org.camunda.bpm.model.dmn.instance.DecisionTable;
import org.camunda.bpm.model.dmn.instance.Input;
import org.camunda.bpm.model.dmn.instance.LiteralExpression;
import org.camunda.bpm.model.dmn.instance.Rule;
import org.camunda.bpm.model.dmn.instance.Text;
import org.camunda.bpm.model.dmn.instance.UnaryTests;
import org.camunda.bpm.model.xml.ModelException;
import org.jspecify.annotations.Nullable;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tries a draft of a decision table: on every combination of the values that its own cells tell apart, for gaps, overlaps
 * and rows that are never reached; and on every receipt that the table in force has left, for what would have been
 * decided otherwise. Nothing is deployed and nothing is decided.
 */
@Component
public class BackTests {

    /** Beyond it a table is tried on the receipts alone, and the answer says so. */
    private static final int MOST_COMBINATIONS = 50_000;

    private static final int LARGEST = 1 << 20;
    private static final int MOST_SHOWN = 20;
    private static final Pattern TEXT = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern PROGRAM = Pattern.compile("\\b(function\\s*\\(|(for|some|every)\\s+\\w+\\s+in\\b)");
    private static final int LONGEST_CELL = 2_000;
    private static final int DEEPEST_CELL = 10;
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?");

    /** What one change would have got. */
    public record Difference(
            String change,
            String receipt,
            Map<String, Object> inputs,
            List<Map<String, Object>> before,
            List<Map<String, Object>> after,
            List<String> rules) {}

    /**
     * The outcome of a try.
     *
     * @param problems gaps, overlaps and rows never reached; empty for a sound table
     * @param combinations on how many combinations it was tried
     * @param receipts on how many receipts it was tried
     * @param differences receipts that would have come out otherwise
     */
    public record Report(
            String decision, List<String> problems, int combinations, int receipts, List<Difference> differences) {}

    private final JdbcClient jdbc;
    private final Receipts receipts;
    private final DecisionTables tables;

    BackTests(JdbcClient jdbc, Receipts receipts, DecisionTables tables) {
        this.jdbc = jdbc;
        this.receipts = receipts;
        this.tables = tables;
    }

    /**
     * Tries a draft.
     *
     * @param decision key of the decision that the draft would replace
     * @param draft DMN 1.3, one decision table in FEEL
     * @throws MalformedInput when it is no such table
     * @throws Refusal when there is no such decision in use
     */
    public Report run(String decision, byte[] draft) {
        var soundness = test(decision, draft);
        var history = history(decision, draft);
        var problems = new ArrayList<>(soundness.problems());
        problems.addAll(history.problems());
        return new Report(decision, problems, soundness.combinations(), history.receipts(), history.differences());
    }

    /**
     * Tests a draft by itself and against the table in force: it is asked what that one is asked, says what that one says,
     * in words that the house knows, and has one answer for everything.
     *
     * @param combinations on how many combinations of inputs
     */
    public record Soundness(List<String> problems, int combinations) {}

    /**
     * What a draft makes of the newest receipt of every change.
     *
     * @param problems changes about which it has no answer
     */
    public record History(List<String> problems, int receipts, List<Difference> differences) {}

    /**
     * @throws MalformedInput when it is no decision table of ours
     * @throws Refusal when there is no such decision in use
     */
    public Soundness test(String decision, byte[] draft) {
        var base = tables.current(decision);
        var model = read(decision, draft);
        var problems = new ArrayList<>(strangenesses(model, base.content()));
        var tried = trial(decision, draft);
        var inForce = trial(decision, base.content());
        var words = seen(decision);
        values(Dmn.readModelFromStream(new ByteArrayInputStream(base.content())))
                .forEach((name, values) -> words.merge(name, values, BackTests::both));
        var combinations = combinations(model, words);
        if (combinations.size() > MOST_COMBINATIONS || combinations.isEmpty()) {
            problems.add("It tells too many combinations apart to try them all.");
            return new Soundness(List.copyOf(problems), 0);
        }
        problems.addAll(problems(model, combinations, tried, inForce));
        return new Soundness(List.copyOf(problems), combinations.size());
    }

    /** What it would have decided otherwise. */
    public History history(String decision, byte[] draft) {
        read(decision, draft);
        var problems = new ArrayList<String>();
        var newest = receipts.newestOf(decision);
        return new History(problems, newest.size(), differences(newest, trial(decision, draft), problems));
    }

    /** Refuses what is no decision table of ours, before anything is kept of it. */
    public void refuseMalformed(String decision, byte[] draft) {
        read(decision, draft);
        trial(decision, draft);
    }

    private static Trial trial(String decision, byte[] draft) {
        var hits = new ThreadLocal<@Nullable List<DmnEvaluatedDecisionRule>>();
        var configuration =
                (DefaultDmnEngineConfiguration) DefaultDmnEngineConfiguration.createDefaultDmnEngineConfiguration();
        configuration
                .getCustomPostDecisionTableEvaluationListeners()
                .add(event -> hits.set(List.copyOf(event.getMatchingRules())));
        var engine = configuration.buildEngine();
        return new Trial(engine, parse(engine, decision, draft), hits);
    }

    /** What stands in the draft's head and mouth that code and models of the house cannot give or understand. */
    private List<String> strangenesses(DmnModelInstance draft, byte[] inForce) {
        var problems = new ArrayList<String>();
        var table = tableOf(draft);
        var base = tableOf(Dmn.readModelFromStream(new ByteArrayInputStream(inForce)));
        if (table.getHitPolicy() != base.getHitPolicy()) {
            problems.add("Its hit policy is %s instead of %s".formatted(table.getHitPolicy(), base.getHitPolicy()));
        }
        var asked = asked(base);
        asked(table).forEach((name, type) -> {
            if (!type.equals(asked.get(name))) {
                problems.add("Nobody gives it %s (%s); it can be asked about %s".formatted(name, type, asked));
            }
        });
        var said = new LinkedHashMap<String, String>();
        base.getOutputs().forEach(output -> said.put(output.getName(), output.getTypeRef()));
        var says = new LinkedHashMap<String, String>();
        table.getOutputs().forEach(output -> says.put(output.getName(), output.getTypeRef()));
        if (!says.equals(said)) {
            problems.add("It says %s instead of %s".formatted(says, said));
            return problems;
        }
        var names = List.copyOf(said.keySet());
        for (int column = 0; column < names.size(); column++) {
            var known = new LinkedHashSet<>(words(base, column));
            if (known.stream().anyMatch(this::isTeam)) {
                known.addAll(teams());
            }
            var unknown = new LinkedHashSet<>(words(table, column));
            unknown.removeAll(known);
            for (var word : unknown) {
                problems.add("Nobody understands \"%s\" as %s; known are %s".formatted(word, names.get(column), known));
            }
        }
        return problems;
    }

    private static DecisionTable tableOf(DmnModelInstance model) {
        return model.getModelElementsByType(DecisionTable.class).iterator().next();
    }

    private static Map<String, String> asked(DecisionTable table) {
        var asked = new LinkedHashMap<String, String>();
        table.getInputs()
                .forEach(input -> asked.put(
                        input.getInputExpression().getText().getTextContent(),
                        String.valueOf(input.getInputExpression().getTypeRef())));
        return asked;
    }

    /** Words of a column of answers; several in one cell are separated by commas. */
    private static Set<String> words(DecisionTable table, int column) {
        var words = new LinkedHashSet<String>();
        for (var rule : table.getRules()) {
            TEXT.matcher(List.copyOf(rule.getOutputEntries()).get(column).getTextContent())
                    .results()
                    .forEach(found -> Arrays.stream(found.group(1).split(","))
                            .map(String::strip)
                            .forEach(words::add));
        }
        return words;
    }

    private boolean isTeam(String word) {
        return teams().contains(word);
    }

    private List<String> teams() {
        return jdbc.sql("select id from team").query(String.class).list();
    }

    private record Trial(
            DmnEngine engine, DmnDecision table, ThreadLocal<@Nullable List<DmnEvaluatedDecisionRule>> hits) {

        /** The rows hit. A unique table that hits several says so by failing, after its listeners were told of none. */
        List<DmnEvaluatedDecisionRule> rows(Map<String, Object> inputs) {
            hits.remove();
            engine.evaluateDecisionTable(table, new LinkedHashMap<>(inputs));
            var rows = hits.get();
            return rows == null ? List.of() : rows;
        }

        boolean answers(Map<String, Object> inputs) {
            return !rows(inputs).isEmpty();
        }
    }

    private static DmnModelInstance read(String decision, byte[] draft) {
        if (draft.length > LARGEST) {
            throw new MalformedInput("draft", "it is larger than a decision table can be");
        }
        DmnModelInstance model;
        try {
            model = Dmn.readModelFromStream(new ByteArrayInputStream(draft));
        } catch (ModelException e) {
            throw new MalformedInput("draft", "it is no DMN: " + e.getMessage());
        }
        var decisions = model.getModelElementsByType(Decision.class);
        var tables = model.getModelElementsByType(DecisionTable.class);
        if (decisions.size() != 1 || tables.size() != 1) {
            throw new MalformedInput("draft", "it has one decision, and that is a table");
        }
        if (!decisions.iterator().next().getId().equals(decision)) {
            throw new MalformedInput("decision/@id", "it is not " + decision);
        }
        if (!(decisions.iterator().next().getExpression() instanceof DecisionTable table)) {
            throw new MalformedInput("decision", "it has one decision, and that is a table");
        }
        for (var expression : model.getModelElementsByType(LiteralExpression.class)) {
            refuseForeign(expression.getExpressionLanguage());
            refuseMoreThanComparing(expression.getText());
        }
        for (var tests : model.getModelElementsByType(UnaryTests.class)) {
            refuseForeign(tests.getExpressionLanguage());
            refuseMoreThanComparing(tests.getText());
        }
        refuseRagged(table);
        if (decisions.iterator().next().getCamundaHistoryTimeToLiveString() == null) {
            throw new MalformedInput("decision/@camunda:historyTimeToLive", "it says how long its history is kept");
        }
        for (var rule : model.getModelElementsByType(Rule.class)) {
            if (rule.getDescription() == null
                    || rule.getDescription().getTextContent().isBlank()) {
                throw new MalformedInput("rule " + rule.getId(), "each row says in a sentence what it is for");
            }
        }
        return model;
    }

    private static void refuseForeign(@Nullable String language) {
        if (language != null
                && !language.isBlank()
                && !language.toLowerCase(java.util.Locale.ROOT).contains("feel")) {
            throw new MalformedInput("expressionLanguage", "tables speak FEEL, not " + language);
        }
    }

    /**
     * FEEL can define functions, even such as call Java, and loops that never end; a table that people read compares and
     * says.
     */
    private static void refuseMoreThanComparing(@Nullable Text cell) {
        if (cell == null) {
            return;
        }
        var text = cell.getTextContent();
        var bare = TEXT.matcher(text).replaceAll("");
        if (PROGRAM.matcher(bare).find()) {
            throw new MalformedInput("text", "a cell compares or says something; it has no function and no loop");
        }
        if (text.length() > LONGEST_CELL || depth(bare) > DEEPEST_CELL) {
            throw new MalformedInput("text", "a cell is short enough for people to read");
        }
    }

    private static int depth(String text) {
        int depth = 0;
        int deepest = 0;
        for (int at = 0; at < text.length(); at++) {
            var letter = text.charAt(at);
            depth += "([{".indexOf(letter) >= 0 ? 1 : ")]}".indexOf(letter) >= 0 ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }

    private static void refuseRagged(DecisionTable table) {
        for (var input : table.getInputs()) {
            if (input.getInputExpression() == null || input.getInputExpression().getText() == null) {
                throw new MalformedInput("input " + input.getId(), "each column says what it asks about");
            }
        }
        for (var output : table.getOutputs()) {
            if (output.getName() == null) {
                throw new MalformedInput("output " + output.getId(), "each answer has a name");
            }
        }
        for (var rule : table.getRules()) {
            if (rule.getInputEntries().size() != table.getInputs().size()
                    || rule.getOutputEntries().size() != table.getOutputs().size()) {
                throw new MalformedInput("rule " + rule.getId(), "each row has a cell for each column");
            }
        }
    }

    private static DmnDecision parse(DmnEngine engine, String decision, byte[] draft) {
        try {
            return engine.parseDecision(decision, new ByteArrayInputStream(draft));
        } catch (RuntimeException e) {
            throw new MalformedInput("draft", "it cannot be read: " + e.getMessage());
        }
    }

    /** Words that were asked about before: a draft that drops one of them has a gap. */
    private Map<String, Set<Object>> seen(String decision) {
        var seen = new LinkedHashMap<String, Set<Object>>();
        jdbc.sql("""
                        select distinct i.key, i.value #>> '{}' as word
                          from receipt r cross join lateral jsonb_each(r.inputs) i
                         where r.decision = ? and jsonb_typeof(i.value) = 'string' limit 1000""").param(decision).query(row -> {
            seen.computeIfAbsent(row.getString("key"), key -> new LinkedHashSet<>())
                    .add(row.getString("word"));
        });
        return seen;
    }

    /**
     * The cross product of the values that the cells of each column tell apart, one beside each number, and of the words
     * that were asked about before.
     */
    private static List<Map<String, Object>> combinations(DmnModelInstance model, Map<String, Set<Object>> seen) {
        var table = tableOf(model);
        var inputs = List.copyOf(table.getInputs());
        List<Map<String, Object>> combinations = List.of(Map.of());
        for (int column = 0; column < inputs.size(); column++) {
            var name = inputs.get(column).getInputExpression().getText().getTextContent();
            var values = new LinkedHashSet<>(values(table, inputs.get(column), column));
            values.addAll(seen.getOrDefault(name, Set.of()));
            var next = new ArrayList<Map<String, Object>>();
            for (var before : combinations) {
                for (var value : values) {
                    var combination = new LinkedHashMap<>(before);
                    combination.put(name, value);
                    next.add(combination);
                }
            }
            if (next.size() > MOST_COMBINATIONS) {
                return List.of();
            }
            combinations = next;
        }
        return combinations;
    }

    private static Set<Object> both(Set<Object> one, Set<Object> two) {
        var both = new LinkedHashSet<>(one);
        both.addAll(two);
        return both;
    }

    /** What a table tells apart, by what it asks about. */
    private static Map<String, Set<Object>> values(DmnModelInstance model) {
        var table = tableOf(model);
        var inputs = List.copyOf(table.getInputs());
        var values = new LinkedHashMap<String, Set<Object>>();
        for (int column = 0; column < inputs.size(); column++) {
            values.put(
                    inputs.get(column).getInputExpression().getText().getTextContent(),
                    values(table, inputs.get(column), column));
        }
        return values;
    }

    private static Set<Object> values(DecisionTable table, Input input, int column) {
        var type = input.getInputExpression().getTypeRef();
        var values = new LinkedHashSet<Object>();
        if ("boolean".equals(type)) {
            return Set.of(true, false);
        }
        for (var rule : table.getRules()) {
            var cell = List.copyOf(rule.getInputEntries()).get(column).getTextContent();
            if ("string".equals(type)) {
                TEXT.matcher(cell).results().forEach(found -> values.add(found.group(1)));
            } else {
                NUMBER.matcher(cell).results().forEach(found -> {
                    var number = Double.parseDouble(found.group());
                    var step = "integer".equals(type) ? 1.0 : 0.01;
                    for (var near : new double[] {number - step, number, number + step}) {
                        values.add("integer".equals(type) ? (Object) (int) near : (Object) near);
                    }
                });
            }
        }
        if (values.isEmpty()) {
            values.add("string".equals(type) ? "anything" : (Object) 1);
        }
        return values;
    }

    private static List<String> problems(
            DmnModelInstance model, List<Map<String, Object>> combinations, Trial tried, Trial inForce) {
        var problems = new ArrayList<String>();
        var table = tableOf(model);
        var unreached = new TreeMap<String, String>();
        table.getRules()
                .forEach(rule ->
                        unreached.put(rule.getId(), rule.getDescription().getTextContent()));
        var gaps = new LinkedHashSet<String>();
        var overlaps = new LinkedHashSet<String>();
        for (var combination : combinations) {
            try {
                var rows = tried.rows(combination);
                rows.forEach(row -> unreached.remove(row.getId()));
                // What the table in force leaves open, such as a round before the first, is never asked.
                if (rows.isEmpty() && table.getHitPolicy() != HitPolicy.COLLECT && inForce.answers(combination)) {
                    gaps.add("No row for " + combination);
                }
            } catch (RuntimeException e) {
                overlaps.add("Several rows for " + combination);
            }
        }
        overlaps.stream().limit(MOST_SHOWN).forEach(problems::add);
        gaps.stream().limit(MOST_SHOWN).forEach(problems::add);
        if (overlaps.isEmpty()) {
            unreached.forEach((id, description) -> problems.add("Never reached: %s (%s)".formatted(description, id)));
        }
        return problems;
    }

    private static List<Difference> differences(List<Receipts.Left> receipts, Trial tried, List<String> problems) {
        var differences = new ArrayList<Difference>();
        var failed = new ArrayList<String>();
        for (var left : receipts) {
            var receipt = left.receipt();
            try {
                var rows = tried.rows(receipt.inputs());
                var after = rows.stream().map(EngineDecisions::outputs).toList();
                if (!same(receipt.outputs(), after)) {
                    differences.add(new Difference(
                            left.change().value(),
                            receipt.id().toString(),
                            receipt.inputs(),
                            receipt.outputs(),
                            after,
                            rows.stream().map(DmnEvaluatedDecisionRule::getId).toList()));
                }
            } catch (RuntimeException e) {
                failed.add(left.change().value());
            }
        }
        failed.stream()
                .limit(MOST_SHOWN)
                .map(change -> "It cannot decide what was decided for " + change)
                .forEach(problems::add);
        return differences;
    }

    /** Numbers of a receipt come back from JSON with another type than the table gives them. */
    static boolean same(List<Map<String, Object>> before, List<Map<String, Object>> after) {
        return words(before).equals(words(after));
    }

    private static List<Map<String, String>> words(List<Map<String, Object>> rows) {
        return rows.stream()
                .map(row -> {
                    Map<String, String> words = new TreeMap<>();
                    row.forEach((key, value) -> words.put(
                            key,
                            value instanceof Number number
                                    ? Double.toString(number.doubleValue())
                                    : String.valueOf(value)));
                    return words;
                })
                .toList();
    }
}
