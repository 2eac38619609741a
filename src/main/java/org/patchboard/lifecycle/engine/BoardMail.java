package org.patchboard.lifecycle.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Ballot;
import org.patchboard.change.Changes;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.notification.Invitation;
import org.patchboard.notification.Notifications;
import org.patchboard.schedule.Booking;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Whom the board and the calendar tell what. */
@Component
class BoardMail {

    private static final Map<String, String> OUTCOMES = Map.of(
            "approved", "Approved",
            "rejected", "Refused",
            "expired", "Refused: nobody decided in time",
            "void", "Void: the plan has changed",
            "advised", "Advice given; who decides has been asked");

    private final Notifications notifications;
    private final People people;
    private final Changes changes;
    private final ChangeLinks links;
    private final JdbcClient jdbc;

    BoardMail(Notifications notifications, People people, Changes changes, ChangeLinks links, JdbcClient jdbc) {
        this.notifications = notifications;
        this.people = people;
        this.changes = changes;
        this.links = links;
        this.jdbc = jdbc;
    }

    /** To the requester, the coordinators and everybody who was invited to vote. */
    void outcome(Ballot ballot, List<String> conditions) {
        var model = model(ballot.change());
        var outcome = ballot.outcome();
        model.put("outcome", OUTCOMES.get(outcome));
        model.put("reason", ballot.outcomeReason());
        model.put("text", String.join("\n", conditions));
        var told = Stream.of(
                        people.persons(List.of(changes.get(ballot.change()).requester())),
                        people.members("patch-coordinator"),
                        people.persons(ballot.eligible()))
                .flatMap(List::stream)
                .distinct()
                .toList();
        tell("outcome", ballot.change(), told, model, null, key(ballot) + ":" + outcome);
    }

    /** To those who have not voted yet. */
    void reminder(Ballot ballot, Collection<String> logins, String key) {
        var model = model(ballot.change());
        model.put("task", "Vote");
        model.put("due", ballot.deadline());
        tell("reminder", ballot.change(), people.persons(logins), model, null, key(ballot) + ":" + key);
    }

    /** The deadline has passed and another authority decides: to the change managers and those who did not vote. */
    void handedOver(Ballot from, Ballot to) {
        var model = model(from.change());
        model.put("reason", "The vote was not decided in time; %s decides now".formatted(to.authority()));
        model.put("due", to.deadline());
        var told = Stream.of(people.members("change-manager"), people.persons(from.eligible()))
                .flatMap(List::stream)
                .distinct()
                .toList();
        tell("escalation", from.change(), told, model, null, key(from) + ":handed-over");
    }

    /** With a calendar invitation: to owner, implementers, on-call and requester. */
    void booked(Booking booking) {
        tell(
                "window-booked",
                booking.change(),
                concerned(booking.change()),
                model(booking),
                invitation(booking, booking.sequence(), false),
                "booking:%s:%d".formatted(booking.change(), booking.sequence()));
    }

    /** Takes the invitation back. */
    void cancelled(Booking booking, String reason) {
        var model = model(booking);
        model.put("reason", reason);
        tell(
                "window-cancelled",
                booking.change(),
                concerned(booking.change()),
                model,
                invitation(booking, booking.sequence() + 1, true),
                "booking:%s:%d".formatted(booking.change(), booking.sequence()));
    }

    private Invitation invitation(Booking booking, int sequence, boolean cancelled) {
        return new Invitation(
                booking.uid(),
                sequence,
                cancelled,
                "%s: %s"
                        .formatted(
                                booking.change(), changes.get(booking.change()).title()),
                "Maintenance window %s. %s".formatted(booking.windowName(), links.page(booking.change())),
                booking.start(),
                booking.end(),
                booking.zone());
    }

    private List<Person> concerned(ChangeId change) {
        var logins = jdbc.sql("""
                        select g.owner from change_record c join maintenance_group g on g.id = c.maintenance_group
                         where c.id = :change
                        union
                        select requester from change_record where id = :change""")
                .param("change", change.value())
                .query(String.class)
                .list();
        return Stream.of(people.persons(logins), people.members("implementer"), people.members("on-call"))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    private Map<String, @Nullable Object> model(Booking booking) {
        var model = model(booking.change());
        model.put("window", booking.windowName());
        model.put("start", booking.start());
        model.put("end", booking.end());
        return model;
    }

    private Map<String, @Nullable Object> model(ChangeId change) {
        var model = new LinkedHashMap<String, @Nullable Object>();
        model.put("change", links.describe(change));
        model.put("link", links.page(change));
        return model;
    }

    private static String key(Ballot ballot) {
        return "ballot:%s:%d:%d".formatted(ballot.change(), ballot.revision(), ballot.round());
    }

    private void tell(
            String template,
            ChangeId change,
            List<Person> persons,
            Map<String, @Nullable Object> model,
            @Nullable Invitation invitation,
            String key) {
        notifications.tell(template, change, Recipients.of(persons), new HashMap<>(model), invitation, key);
    }
}
