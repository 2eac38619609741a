package org.patchboard.approval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Where a vote stands. Computed from the recorded votes alone; silence counts for nothing.
 *
 * @param approvals with or without conditions
 * @param missingTeams required groups that are not among the approvers yet
 * @param outstanding how many of those invited have not voted and still may
 * @param sentence for people: {@code 2 of 3, security-representative still missing}
 */
public record Tally(
        State state,
        int approvals,
        int rejections,
        int minimum,
        List<String> missingTeams,
        int outstanding,
        String sentence) {

    /** Whether the outcome is certain. */
    public enum State {
        OPEN,
        APPROVED,
        REJECTED
    }

    /**
     * A vote that stands.
     *
     * @param teams the voter's groups
     */
    public record Cast(String login, Collection<String> teams, Decision decision) {
        public Cast {
            teams = List.copyOf(teams);
        }
    }

    /** Somebody invited who has not voted, and the groups that person speaks for now. */
    public record Elector(String login, Collection<String> teams) {
        public Elector {
            teams = List.copyOf(teams);
        }
    }

    public Tally {
        missingTeams = List.copyOf(missingTeams);
    }

    /**
     * Counts. A rejection by a veto group wins over any number of approvals; the vote is refused as soon as not even
     * the approval of everybody outstanding could reach the quorum.
     */
    public static Tally of(Quorum quorum, Collection<Cast> cast, Collection<Elector> outstanding) {
        var approvals = cast.stream().filter(vote -> vote.decision().approves()).toList();
        var rejections =
                cast.stream().filter(vote -> vote.decision() == Decision.REJECT).toList();
        var missing = quorum.requiredTeams().stream()
                .filter(team ->
                        approvals.stream().noneMatch(vote -> vote.teams().contains(team)))
                .toList();
        var counted = new Counted(quorum, approvals.size(), rejections.size(), missing, outstanding.size());
        var veto = rejections.stream()
                .flatMap(vote -> quorum.vetoTeams().stream()
                        .filter(vote.teams()::contains)
                        .map(team -> "%s rejected it for %s, which may refuse alone".formatted(vote.login(), team)))
                .findFirst();
        if (veto.isPresent()) {
            return counted.as(State.REJECTED, veto.get());
        }
        if (approvals.size() >= quorum.minimum() && missing.isEmpty()) {
            return counted.as(State.APPROVED, counted.progress());
        }
        if (approvals.size() + outstanding.size() < quorum.minimum()) {
            return counted.as(
                    State.REJECTED,
                    "%s; only %d more can vote, so %d approvals cannot be reached"
                            .formatted(counted.progress(), outstanding.size(), quorum.minimum()));
        }
        var unreachable = missing.stream()
                .filter(team -> outstanding.stream()
                        .noneMatch(elector -> elector.teams().contains(team)))
                .findFirst();
        return unreachable
                .map(team ->
                        counted.as(State.REJECTED, counted.progress() + "; nobody of " + team + " is left to approve"))
                .orElseGet(() -> counted.as(State.OPEN, counted.progress()));
    }

    private record Counted(Quorum quorum, int approvals, int rejections, List<String> missing, int outstanding) {

        Tally as(State state, String sentence) {
            return new Tally(state, approvals, rejections, quorum.minimum(), missing, outstanding, sentence);
        }

        String progress() {
            var parts = new ArrayList<String>();
            parts.add("%d of %d".formatted(approvals, quorum.minimum()));
            if (rejections > 0) {
                parts.add("%d rejected".formatted(rejections));
            }
            missing.forEach(team -> parts.add(team + " still missing"));
            return String.join(", ", parts);
        }
    }
}
