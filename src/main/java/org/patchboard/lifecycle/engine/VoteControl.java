package org.patchboard.lifecycle.engine;

import java.util.ArrayList;
import java.util.Map;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.patchboard.approval.Ballots;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.task.HumanTasks;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.beans.factory.ObjectProvider;

/** Votes that come by our own API: the first completes the task as the form does, later ones change it. */
@UseCase
public class VoteControl {

    private final Authorizations authorizations;
    private final Ballots ballots;
    private final People people;
    private final TaskService tasks;
    private final FormService forms;
    private final IdentityService identity;
    private final AsTheHouse house;
    private final ObjectProvider<HumanTasks> humanTasks;

    VoteControl(
            Authorizations authorizations,
            Ballots ballots,
            People people,
            TaskService tasks,
            FormService forms,
            IdentityService identity,
            AsTheHouse house,
            ObjectProvider<HumanTasks> humanTasks) {
        this.authorizations = authorizations;
        this.ballots = ballots;
        this.people = people;
        this.tasks = tasks;
        this.forms = forms;
        this.identity = identity;
        this.house = house;
        this.humanTasks = humanTasks;
    }

    /**
     * Casts a vote, or changes it as long as the outcome is open.
     *
     * @param shownDigest digest of the plan that the voter has read
     * @throws Refusal as the task "Vote" does
     */
    public void cast(ChangeId change, String login, String decision, String comment, String shownDigest) {
        if (ballots.latest(change).isEmpty()) {
            throw Refusal.conflict("Nobody votes on " + change + " now.");
        }
        var own = new ArrayList<Task>();
        // Which task is open is asked as the house: who may do it is asked when it is done.
        house.run(() -> own.addAll(tasks.createTaskQuery()
                .processInstanceBusinessKey(change.value())
                .taskDefinitionKey(ChangeAuthorization.VOTE)
                .taskAssignee(login)
                .listPage(0, 1)));
        if (own.isEmpty()) {
            house.run(() -> {
                authorizations.revote(change, login, decision, comment, shownDigest);
                humanTasks.getObject().showAgain(change, ChangeAuthorization.VOTE);
            });
            return;
        }
        var before = identity.getCurrentAuthentication();
        identity.setAuthentication(login, people.teamsOf(login).orElse(java.util.List.of()), java.util.List.of());
        try {
            forms.submitTaskForm(
                    own.get(0).getId(), Map.of("decision", decision, "comment", comment, "shownDigest", shownDigest));
        } finally {
            identity.setAuthentication(before);
        }
    }

    /** Somebody confirms that a condition of the approval is fulfilled. */
    public void meetCondition(ChangeId change, long condition, String how, Actor actor) {
        var teams = people.teamsOf(actor.name(), change);
        if (!teams.contains("patch-coordinator") && !teams.contains("implementer")) {
            throw Refusal.forbidden("Coordinators and implementers confirm conditions.");
        }
        authorizations.meet(change, condition, how, actor);
    }
}
