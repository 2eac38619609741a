package org.patchboard.lifecycle.engine;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.rollout.Ring;
import org.patchboard.rollout.Rings;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;

/** What those on call can do to a roll-out outside the tasks they are given: stop it, let it go on, take it back. */
@UseCase
public class RolloutControl {

    private static final List<String> TEAMS = List.of("on-call", "change-manager");

    private final RolloutPlans plans;
    private final Rings rings;
    private final Changes changes;
    private final People people;
    private final Duties duties;
    private final RuntimeService runtime;
    private final TaskService tasks;
    private final FormService forms;
    private final IdentityService identity;
    private final AsTheHouse house;

    RolloutControl(
            RolloutPlans plans,
            Rings rings,
            Changes changes,
            People people,
            Duties duties,
            RuntimeService runtime,
            TaskService tasks,
            FormService forms,
            IdentityService identity,
            AsTheHouse house) {
        this.plans = plans;
        this.rings = rings;
        this.changes = changes;
        this.people = people;
        this.duties = duties;
        this.runtime = runtime;
        this.tasks = tasks;
        this.forms = forms;
        this.identity = identity;
        this.house = house;
    }

    /**
     * Stops the ring that runs or soaks: no further host is started, and somebody on call decides what becomes of it.
     *
     * @throws Refusal when the actor is not on call or change manager, gives no reason, or nothing is running
     */
    public void halt(ChangeId change, Actor actor, String reason) {
        if (reason.isBlank()) {
            throw Refusal.incomplete("Say why the roll-out is halted.");
        }
        var teams = people.teamsOf(actor.name()).orElse(List.of());
        if (!actor.isPerson() || TEAMS.stream().noneMatch(teams::contains)) {
            throw Refusal.forbidden("Only those on call and change managers can halt a roll-out.");
        }
        var ring = running(change);
        duties.take(change, actor.name(), Duty.OPERATE);
        rings.halt(change, ring.revision(), ring.number(), actor, reason);
        changes.moveTo(change, ChangeState.HALTED, actor);
        house.run(() -> runtime.createMessageCorrelation(RingWork.RING_HALTED)
                .processInstanceBusinessKey(change.value())
                .processInstanceVariableEquals(RingDeployment.RING.name(), ring.number())
                .correlateAll());
    }

    /** Stops what runs; nothing when nothing does. */
    void haltIfRunning(ChangeId change, Actor actor, String reason) {
        var runs = rings.all(change, plans.newestRevision(change)).stream()
                .anyMatch(ring -> ring.state().equals("running") || ring.state().equals("soaking"));
        if (runs) {
            halt(change, actor, reason);
        }
    }

    /**
     * Lets a halted ring go on with the hosts that are not done yet.
     *
     * @throws Refusal as the task "Decide on the halted ring" does, or when there is none
     */
    public void resume(ChangeId change, Actor actor, String reason) {
        decide(change, actor, RingDeployment.RETRY, reason);
    }

    /**
     * Takes a halted ring back to the versions from before.
     *
     * @throws Refusal as the task "Decide on the halted ring" does, or when there is none
     */
    public void rollBack(ChangeId change, Actor actor, String reason) {
        decide(change, actor, RingDeployment.ROLL_BACK, reason);
    }

    private void decide(ChangeId change, Actor actor, String decision, String reason) {
        if (reason.isBlank()) {
            throw Refusal.incomplete("Say why.");
        }
        var teams = people.teamsOf(actor.name()).orElse(List.of());
        if (!actor.isPerson() || !teams.contains("on-call")) {
            throw Refusal.forbidden("Only those on call decide on a halted ring.");
        }
        var before = identity.getCurrentAuthentication();
        identity.clearAuthentication(); // a signed-in person's query has to be of a bounded length
        try {
            var task = tasks
                    .createTaskQuery()
                    .processInstanceBusinessKey(change.value())
                    .taskDefinitionKey(RingDeployment.DECIDE_HALTED_RING)
                    .list()
                    .stream()
                    .findFirst()
                    .orElseThrow(() -> Refusal.conflict("No ring of %s is halted.".formatted(change)));
            identity.setAuthentication(actor.name(), teams, List.of());
            if (task.getAssignee() == null) {
                tasks.claim(task.getId(), actor.name());
            }
            // As a form does it, so that the answers stay in the task.
            forms.submitTaskForm(task.getId(), Map.of("decision", decision, "reason", reason));
        } catch (ProcessEngineException e) {
            throw Refusals.asRefusal(e);
        } finally {
            identity.setAuthentication(before);
        }
    }

    private Ring running(ChangeId change) {
        return rings.all(change, plans.newestRevision(change)).stream()
                .filter(ring -> ring.state().equals("running") || ring.state().equals("soaking"))
                .findFirst()
                .orElseThrow(() -> Refusal.conflict("No ring of %s runs or soaks.".formatted(change)));
    }
}
