package org.patchboard.lifecycle.engine;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.audit.Seals;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.Statements;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.DeadlineClock;
import org.patchboard.lifecycle.model.PatchChange;
import org.patchboard.notification.Notifications;
import org.patchboard.scanning.Findings;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Hindrance;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ends changes. The outcome is computed from what was recorded, never read from the process. */
@UseCase
public class Closing {

    private static final Actor ACTOR = Actor.system("closing");

    private final Changes changes;
    private final Statements statements;
    private final People people;
    private final Notifications notifications;
    private final ChangeLinks links;
    private final JdbcClient jdbc;
    private final Findings findings;
    private final Seals seals;
    private final RuntimeService engine;

    Closing(
            Changes changes,
            Statements statements,
            People people,
            Notifications notifications,
            ChangeLinks links,
            JdbcClient jdbc,
            Findings findings,
            Seals seals,
            RuntimeService engine) {
        this.changes = changes;
        this.statements = statements;
        this.people = people;
        this.notifications = notifications;
        this.links = links;
        this.jdbc = jdbc;
        this.findings = findings;
        this.seals = seals;
        this.engine = engine;
    }

    /** Closes a change of which nothing was installed. */
    public void untouched(ChangeId change) {
        var notAffected = statements
                .latest(change, 0, "triage")
                .filter(statement -> statement.verdict().equals("not-affected"))
                .isPresent();
        changes.close(change, notAffected ? "not-affected" : "refused", ACTOR);
        letGo(change);
        tellClosed(change);
        seals.seal(change);
    }

    /**
     * Closes a change after its roll-out.
     *
     * @throws Hindrance {@link PatchChange#VERDICT_MISSING} while its forensic triage has no verdict
     */
    public void closeAndSeal(ChangeId change) {
        // Giving the verdict holds the same lock, so neither misses the other.
        changes.lock(change);
        if (changes.get(change).forensicTriage()
                && statements.latest(change, 0, "forensic-triage").isEmpty()) {
            throw new Hindrance(
                    PatchChange.VERDICT_MISSING, change + " closes when incident response has given its verdict.");
        }
        changes.close(change, outcome(change), ACTOR);
        findings.closeSeenFixed(change);
        letGo(change);
        tellClosed(change);
        seals.seal(change);
    }

    /** A change under review is closed again, and sealed anew with what the review said. */
    public void endReview(ChangeId change) {
        if (changes.lock(change) == ChangeState.REVIEW) {
            changes.moveTo(change, ChangeState.CLOSED, ACTOR);
            seals.seal(change);
        }
    }

    /** What is left to do for a change that was withdrawn. */
    public void withdrawn(ChangeId change) {
        letGo(change);
        seals.seal(change);
    }

    /** Findings that are still open may be carried by another change, and nobody is warned of its deadline any more. */
    private void letGo(ChangeId change) {
        engine.createMessageCorrelation(DeadlineClock.CHANGE_CLOSED)
                .processInstanceBusinessKey(change.value())
                .correlateAll();
        // What somebody carries until a date stays with the change that it was accepted for.
        jdbc.sql("""
                        update finding f set change_id = null
                         where f.change_id = :change and f.state = 'open'
                           and not exists (select from risk_exception e
                                            where e.change_id = :change and e.ended_at is null
                                              and (e.asset is null or e.asset = f.asset))""").param("change", change.value()).update();
    }

    private String outcome(ChangeId change) {
        var backedOut = jdbc.sql("""
                        select exists (select from ring where change_id = :change and state = 'backed-out'
                           and revision = (select max(revision) from plan_revision where change_id = :change))""")
                .param("change", change.value())
                .query(Boolean.class)
                .single();
        if (backedOut) {
            return "backed-out";
        }
        var excepted = jdbc.sql("select exists (select from risk_exception where change_id = ? and ended_at is null)")
                .param(change.value())
                .query(Boolean.class)
                .single();
        return excepted ? "completed-with-exceptions" : "completed";
    }

    private void tellClosed(ChangeId change) {
        var record = changes.get(change);
        var owner = jdbc.sql("select owner from maintenance_group where id = ?")
                .param(record.maintenanceGroup())
                .query(String.class)
                .single();
        var told = Stream.of(people.persons(List.of(owner, record.requester())), people.members("patch-coordinator"))
                .flatMap(List::stream)
                .distinct()
                .map(Recipients::of)
                .toList();
        notifications.tell(
                "closed",
                change,
                told,
                Map.of("change", links.describe(change), "outcome", String.valueOf(record.outcome())),
                null,
                change.value());
    }
}
