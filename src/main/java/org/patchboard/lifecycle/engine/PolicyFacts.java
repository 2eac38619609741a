package org.patchboard.lifecycle.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** A proposal as those who decide on it read it: what becomes of each row, and what it would have decided otherwise. */
@Component
public class PolicyFacts {

    /** A form shows so many; the page has all of them. */
    private static final int SHOWN = 20;

    private static final Map<String, String> OPEN_CHANGES = Map.of(
            "pin", "Open changes keep the version they began with",
            "re-evaluate", "Open changes are judged anew; where the result differs, votes fall",
            "re-approve", "Open changes are approved anew: their votes fall");

    private final PolicyProposals proposals;
    private final DecisionTables tables;

    PolicyFacts(PolicyProposals proposals, DecisionTables tables) {
        this.proposals = proposals;
        this.tables = tables;
    }

    /** What becomes of open changes, in words. */
    public static String openChanges(String wanted) {
        return OPEN_CHANGES.getOrDefault(wanted, wanted);
    }

    /** What becomes of each row. */
    public DecisionTables.Diff diff(ProposalId id) {
        var proposal = proposals.get(id);
        var version = proposal.version();
        return DecisionTables.diff(
                tables.read(proposal.decision(), proposal.baseVersion()),
                tables.read(
                        proposals.dmn(id),
                        version == null ? proposal.baseVersion() + 1 : version,
                        proposal.proposedAt()));
    }

    /** What a form shows. */
    public Map<String, Object> summary(ProposalId id) {
        var proposal = proposals.get(id);
        var diff = diff(id);
        var differing = proposals.countDifferences(id);
        var summary = new LinkedHashMap<String, Object>();
        summary.put("openChanges", openChanges(proposal.openChanges()));
        summary.put("openCount", proposals.countOpenChanges());
        summary.put("baseVersion", proposal.baseVersion());
        summary.put("digest", proposal.digest());
        summary.put("combinations", proposal.combinations());
        summary.put("receipts", proposal.receipts());
        summary.put("differing", differing);
        summary.put("heads", diff.heads().isEmpty() ? "none" : String.join("; ", diff.heads()));
        summary.put(
                "rowCounts",
                "%d added, %d removed, %d changed, %d as before"
                        .formatted(
                                diff.count("added"), diff.count("removed"), diff.count("changed"), diff.count("same")));
        summary.put("rows", rows(diff));
        summary.put(
                "differences",
                proposals.differences(id, SHOWN).stream()
                        .map(difference -> Map.of(
                                "change", difference.change(),
                                "before", words(difference.before()),
                                "after", words(difference.after())))
                        .toList());
        summary.put("more", differing > SHOWN ? "(the first %d; all %d on the page)".formatted(SHOWN, differing) : "");
        return summary;
    }

    private static List<Map<String, String>> rows(DecisionTables.Diff diff) {
        var rows = new ArrayList<Map<String, String>>();
        diff.rows().stream()
                .filter(row -> !row.kind().equals("same"))
                .limit(SHOWN)
                .forEach(change -> {
                    var shown = change.after() == null ? change.before() : change.after();
                    rows.add(Map.of(
                            "what", change.kind(),
                            "says", shown == null ? "" : shown.description(),
                            "before", words(change.before()),
                            "after", words(change.after())));
                });
        return rows;
    }

    /** A row in one line: what is asked, then what is said. */
    static String words(DecisionTables.@Nullable Row row) {
        return row == null
                ? "none"
                : "%s → %s"
                        .formatted(
                                row.inputs().stream()
                                        .map(cell -> cell.isBlank() ? "any" : cell)
                                        .collect(Collectors.joining(" | ")),
                                String.join(" | ", row.outputs()));
    }

    /** Answers of a decision in one line. */
    public static String words(List<Map<String, Object>> outputs) {
        return outputs.isEmpty()
                ? "nothing"
                : outputs.stream()
                        .map(row -> new TreeMap<>(row)
                                .entrySet().stream()
                                        .map(entry -> entry.getKey() + " " + entry.getValue())
                                        .collect(Collectors.joining(", ")))
                        .collect(Collectors.joining("; "));
    }
}
