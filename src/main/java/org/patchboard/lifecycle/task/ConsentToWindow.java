package org.patchboard.lifecycle.task;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.lifecycle.model.ScheduleChange;
import org.patchboard.schedule.WindowProposals;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Moments;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** "Consent to the window": the owner agrees to a window that is not the one wished for. */
@Component
class ConsentToWindow implements HumanTask {

    private final Scheduling scheduling;
    private final Plans plans;
    private final WindowProposals proposals;
    private final Dossier dossier;

    ConsentToWindow(Scheduling scheduling, Plans plans, WindowProposals proposals, Dossier dossier) {
        this.scheduling = scheduling;
        this.plans = plans;
        this.proposals = proposals;
        this.dossier = dossier;
    }

    @Override
    public String key() {
        return ScheduleChange.CONSENT_TO_WINDOW;
    }

    @Override
    public Duty duty() {
        return Duty.STATE_IMPACT;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", "consent", "refuse").required("Say whether you consent to the window."),
                Field.text("comment"));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var summary = new LinkedHashMap<String, Object>();
        plans.current(change)
                .map(PlanRevision::revision)
                .flatMap(revision -> proposals.latest(change, revision))
                .ifPresent(proposal -> {
                    var slot = proposal.slot();
                    var wished = proposal.wished();
                    summary.put("window", slot.windowName());
                    summary.put("start", inBothZones(slot.start(), slot.zone()));
                    summary.put("end", inBothZones(slot.end(), slot.zone()));
                    summary.put("wished", wished == null ? "" : inBothZones(wished, slot.zone()));
                });
        summary.put("conflicts", dossier.conflicts(change));
        summary.put("plan", dossier.plan(change));
        return summary;
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        var consents = answers.text("decision").equals("consent");
        if (!consents && answers.text("comment").isEmpty()) {
            throw Refusal.incomplete("Say why the window does not suit, so that a better one is found.");
        }
        scheduling.consent(change, consents, answers.text("comment"), actor);
    }

    private static String inBothZones(Instant instant, String zone) {
        var utc = Moments.utc(instant);
        var local = Moments.in(ZoneId.of(zone), instant);
        return local.equals(utc) ? utc : "%s (%s)".formatted(local, utc);
    }
}
