package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ScheduleChange.SCHEDULING;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.lifecycle.model.ScheduleChange;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.GateAnswers;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Decide on hold": no window can be had, or the pre-flight is not green. */
@Component
class DecideOnHold implements HumanTask {

    private final Scheduling scheduling;
    private final Bookings bookings;
    private final GateAnswers answersOfTheGate;
    private final Dossier dossier;

    DecideOnHold(Scheduling scheduling, Bookings bookings, GateAnswers answersOfTheGate, Dossier dossier) {
        this.scheduling = scheduling;
        this.bookings = bookings;
        this.answersOfTheGate = answersOfTheGate;
        this.dossier = dossier;
    }

    @Override
    public String key() {
        return ScheduleChange.DECIDE_ON_HOLD;
    }

    @Override
    public Duty duty() {
        return Duty.MANAGE;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", "look-again", "next-window", "replan")
                        .required("Choose how the change goes on."),
                Field.text("reason").required("Say why."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var booked = bookings.live(change).isPresent();
        var summary = new LinkedHashMap<String, Object>();
        summary.put(
                "what",
                booked
                        ? "The change has a window, and the look before it found something that stands against it."
                        : "No maintenance window can be had for this change.");
        summary.put(
                "reasons",
                booked
                        ? answersOfTheGate
                                .latestPreFlight(change)
                                .map(GateAnswers.PreFlight::reasons)
                                .orElse(List.of())
                        : List.of());
        summary.put("conflicts", dossier.conflicts(change));
        summary.put("plan", dossier.plan(change));
        return summary;
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        SCHEDULING.set(
                task.getExecution(),
                scheduling.decideOnHold(change, answers.text("decision"), answers.text("reason"), actor));
    }
}
