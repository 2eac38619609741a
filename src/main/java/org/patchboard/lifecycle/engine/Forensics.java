package org.patchboard.lifecycle.engine;

import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.audit.AuditTrail;
import org.patchboard.change.Changes;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.PatchChange;
import org.patchboard.notification.Notifications;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/** What follows from the verdict of the forensic triage that runs beside a change. */
@UseCase
public class Forensics {

    private static final Actor ACTOR = Actor.system("forensics");

    private final Changes changes;
    private final People people;
    private final Notifications notifications;
    private final ChangeLinks links;
    private final AuditTrail audit;
    private final RuntimeService engine;

    Forensics(
            Changes changes,
            People people,
            Notifications notifications,
            ChangeLinks links,
            AuditTrail audit,
            RuntimeService engine) {
        this.changes = changes;
        this.people = people;
        this.notifications = notifications;
        this.links = links;
        this.audit = audit;
        this.engine = engine;
    }

    /** Wakes a change that waits at its end for the verdict; one that does not wait finds it when it closes. */
    public void releaseClosure(ChangeId change) {
        // Closing holds the same lock while it looks for the verdict, so neither misses the other.
        changes.lock(change);
        engine.createMessageCorrelation(PatchChange.VERDICT_GIVEN)
                .processInstanceBusinessKey(change.value())
                .correlateAll();
    }

    /** Tells incident response, risk owners and change managers that hosts of the change were compromised. */
    public void reportIncident(ChangeId change) {
        audit.record(change, ACTOR, "incident-reported", change.value(), Map.of());
        var told = Stream.of("incident-response", "risk-owner", "change-manager")
                .flatMap(team -> people.members(team).stream())
                .distinct()
                .map(Recipients::of)
                .toList();
        notifications.tell(
                "escalation",
                change,
                told,
                Map.of("change", links.describe(change), "reason", "A compromise is confirmed"),
                null,
                change + ":incident");
    }
}
