package org.patchboard.lifecycle.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.patchboard.change.Changes;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.notification.Notifications;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tells people that something is late; it never decides for them (law 2). */
@UseCase
public class Escalations {

    private final Changes changes;
    private final People people;
    private final Notifications notifications;
    private final ChangeLinks links;
    private final Clocks clocks;
    private final JdbcClient jdbc;
    private final java.time.Clock clock;

    Escalations(
            Changes changes,
            People people,
            Notifications notifications,
            ChangeLinks links,
            Clocks clocks,
            JdbcClient jdbc,
            java.time.Clock clock) {
        this.changes = changes;
        this.people = people;
        this.notifications = notifications;
        this.links = links;
        this.clocks = clocks;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Tells the change managers that a task of a change is late. */
    public void taskLate(ChangeId change, String what, String key) {
        tell(change, people.members("change-manager"), what + " is late", "late:" + key);
    }

    /** Tells those who can move a window or accept the risk that no window begins before the deadline. */
    void infeasible(ChangeId change, String firstWindow) {
        var told = Stream.of(people.members("change-manager"), people.members("risk-owner"))
                .flatMap(List::stream)
                .distinct()
                .toList();
        var due = String.valueOf(changes.get(change).due());
        tell(
                change,
                told,
                "No window before the deadline (the first begins: " + firstWindow + ")",
                "infeasible:" + due);
    }

    /** Tells owner, coordinators and change managers how near the deadline is; says whether more is to come. */
    public boolean deadline(ChangeId change) {
        var record = changes.get(change);
        var due = record.due();
        if (due != null && record.state().isOpen()) {
            var reason = clock.instant().isBefore(due)
                    ? "The remediation deadline comes near"
                    : "The remediation deadline has passed";
            var owner = jdbc.sql("select owner from maintenance_group where id = ?")
                    .param(record.maintenanceGroup())
                    .query(String.class)
                    .single();
            var told = Stream.of(
                            people.persons(List.of(owner)),
                            people.members("patch-coordinator"),
                            people.members("change-manager"))
                    .flatMap(List::stream)
                    .distinct()
                    .toList();
            tell(change, told, reason, "deadline:" + clock.instant());
        }
        return clocks.moreNotices(changes.get(change));
    }

    private void tell(ChangeId change, List<Person> told, String reason, String key) {
        tell(change, told, reason, Map.of(), change + ":" + key);
    }

    /**
     * Tells people for a reason.
     *
     * @param more what the letter says besides, such as {@code detail} or {@code link}
     */
    void tell(ChangeId change, List<Person> told, String reason, Map<String, String> more, String key) {
        Map<String, Object> model = new HashMap<>(more);
        model.put("change", links.describe(change));
        model.put("reason", reason);
        notifications.tell("escalation", change, Recipients.of(told), model, null, key);
    }
}
