package org.patchboard.lifecycle.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.approval.Ballots;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Moments;
import org.springframework.stereotype.Component;

/** "Vote": somebody of the authority says yes or no to exactly the plan that the form shows. */
@Component
class CastVote implements HumanTask {

    private static final String SHOWN_DIGEST = "shownDigest";

    private final Authorizations authorizations;
    private final Ballots ballots;
    private final Dossier dossier;
    private final HumanTasks humanTasks;

    CastVote(Authorizations authorizations, Ballots ballots, Dossier dossier, HumanTasks humanTasks) {
        this.authorizations = authorizations;
        this.ballots = ballots;
        this.dossier = dossier;
        this.humanTasks = humanTasks;
    }

    @Override
    public String key() {
        return ChangeAuthorization.VOTE;
    }

    @Override
    public Duty duty() {
        return Duty.VOTE;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", "approve", "approve-with-conditions", "reject", "abstain", "recuse")
                        .required("Choose your vote."),
                Field.text("comment"),
                Field.text(SHOWN_DIGEST)
                        .required("The digest of the plan you were shown is missing; reload the task and vote again."));
    }

    @Override
    public Map<String, Object> prefilled(ChangeId change, DelegateTask task) {
        return Map.of(SHOWN_DIGEST, authorizations.latest(change).digest());
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var ballot = authorizations.latest(change);
        var summary = new LinkedHashMap<>(dossier.risk(change));
        summary.put("plan", dossier.plan(change));
        summary.put("test", dossier.test(change));
        summary.put("files", dossier.files(change));
        summary.put("statements", dossier.statements(change));
        summary.put("conflicts", dossier.conflicts(change));
        summary.put("authority", ballot.isAdvice() ? ballot.authority() + " (advice only)" : ballot.authority());
        summary.put("advice", authorizations.adviceOn(ballot));
        summary.put("quorum", quorum(ballot.minimumVotes(), ballot.requiredTeams(), ballot.vetoTeams()));
        summary.put("standing", ballots.tally(ballot).sentence());
        summary.put("voteBy", Moments.utc(ballot.deadline()));
        summary.put(
                "votes",
                authorizations.votes(ballot).stream()
                        .map(vote -> Map.<String, Object>of(
                                "who", vote.name(),
                                "role", String.join(", ", vote.teams()),
                                "decision", vote.decision(),
                                "comment", vote.comment(),
                                "at", Moments.utc(vote.at())))
                        .toList());
        return summary;
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        authorizations.vote(
                change, actor.name(), answers.text("decision"), answers.text("comment"), answers.text(SHOWN_DIGEST));
        humanTasks.showOthers(task);
    }

    private static String quorum(int minimum, List<String> required, List<String> veto) {
        return "%d %s%s%s"
                .formatted(
                        minimum,
                        minimum == 1 ? "approval" : "approvals",
                        required.isEmpty() ? "" : ", among them " + String.join(" and ", required),
                        veto.isEmpty() ? "" : "; " + String.join(" or ", veto) + " can refuse alone");
    }
}
