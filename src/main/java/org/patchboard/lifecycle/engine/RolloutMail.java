package org.patchboard.lifecycle.engine;

import static java.util.stream.Collectors.joining;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.exception.ExceptionRequest;
import org.patchboard.exception.RiskExceptionExpired;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.notification.Notifications;
import org.patchboard.rollout.Ring;
import org.patchboard.rollout.Rings;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Whom the roll-out tells what. */
@Component
class RolloutMail {

    private static final Set<String> FAILED = Set.of("failed", "unreachable", "back-out-failed");

    private final ObjectProvider<Notifications> notifications;
    private final People people;
    private final Rings rings;
    private final ChangeLinks links;
    private final JdbcClient jdbc;

    RolloutMail(
            ObjectProvider<Notifications> notifications,
            People people,
            Rings rings,
            ChangeLinks links,
            JdbcClient jdbc) {
        this.notifications = notifications;
        this.people = people;
        this.rings = rings;
        this.links = links;
        this.jdbc = jdbc;
    }

    /** How a ring came out: to the owner, the planner and those on call. */
    void ringResult(Ring ring) {
        var hosts = rings.hosts(ring.change(), ring.revision(), ring.number());
        var installed =
                hosts.stream().filter(host -> host.state().equals("installed")).count();
        var model = model(ring.change());
        model.put("ring", ring.number() + " " + ring.name());
        model.put("result", result(ring));
        model.put("reason", why(ring));
        model.put("detail", "%d of %d hosts have the new version".formatted(installed, hosts.size()));
        model.put(
                "text",
                hosts.stream()
                        .filter(host -> FAILED.contains(host.state()))
                        .map(host -> host.name() + " " + host.state() + ": " + host.detail())
                        .limit(50)
                        .collect(joining("\n")));
        tell("ring-result", ring.change(), concerned(ring.change(), "on-call"), model, "ring-result:" + attempt(ring));
    }

    /** A ring takes longer than its deployer may. */
    void slow(Ring ring) {
        fault(
                ring.change(),
                "Ring %d \"%s\" of %s is still running although its deployer \"%s\" should have answered. %s"
                        .formatted(
                                ring.number(),
                                ring.name(),
                                ring.change(),
                                ring.deployer(),
                                rings.fault(ring)
                                        .map(fault -> "It last said: " + fault)
                                        .orElse("")),
                "Look at the deployer, or halt the ring on the change's page.",
                "slow:" + attempt(ring));
    }

    /** Something outside the house cannot be used: to those on call. */
    void fault(ChangeId change, String what, String remedy, String key) {
        var model = model(change);
        model.put("reason", what);
        model.put("remedy", remedy);
        tell("fault", change, people.members("on-call"), model, key);
    }

    /** The verification is late: to verifiers and change managers. */
    void verificationLate(ChangeId change, String instance) {
        late(change, "Verification", List.of("verifier", "change-manager"), "verification-late:" + instance);
    }

    /** The review is late: to change managers. */
    void reviewLate(ChangeId change, String instance) {
        late(change, "Post-implementation review", List.of("change-manager"), "review-late:" + instance);
    }

    private void late(ChangeId change, String task, Collection<String> teams, String key) {
        var model = model(change);
        model.put("reason", task + " is late");
        var recipients = teams.stream()
                .flatMap(team -> people.members(team).stream())
                .distinct()
                .toList();
        tell("escalation", change, recipients, model, key);
    }

    /** An exception has ended by itself: to who accepted it, the owner, the planner and the analysts. */
    void exceptionExpired(RiskExceptionExpired expired) {
        var model = model(expired.change());
        model.put(
                "detail",
                "The exception for %s has ended; the finding counts again from its original date."
                        .formatted(expired.assetName() == null ? "the whole change" : expired.assetName()));
        model.put("end", expired.until());
        var recipients = Stream.concat(
                        people.person(expired.acceptedBy()).stream(),
                        concerned(expired.change(), "vulnerability-analyst").stream())
                .distinct()
                .toList();
        tell("exception-expired", expired.change(), recipients, model, "exception-expired:" + expired.exception());
    }

    /** An exception ends before long: to who accepted it, who asked for it, the owner and the planner. */
    void exceptionEnding(ExceptionRequest request, Instant until, Instant now) {
        var model = model(request.change());
        model.put("reason", "An accepted risk comes to its end");
        model.put("end", until);
        model.put("remedy", "Remove the risk, or ask for a renewal; a renewal is a full new decision.");
        tell(
                "escalation",
                request.change(),
                parties(request),
                model,
                "exception-ending:%d:%s".formatted(request.id(), now));
    }

    /** An exception has ended before its time. */
    void exceptionRevoked(ExceptionRequest request, String why) {
        var model = model(request.change());
        model.put("reason", "An exception is revoked");
        model.put("detail", why);
        model.put("remedy", "What it covered counts again from its original date.");
        tell("escalation", request.change(), parties(request), model, "exception-revoked:" + request.id() + ":" + why);
    }

    /** An exception was refused without anybody's word. */
    void exceptionRefused(ExceptionRequest request, String why) {
        var model = model(request.change());
        model.put("reason", why);
        tell("escalation", request.change(), parties(request), model, "exception-refused:" + request.id());
    }

    private List<Person> parties(ExceptionRequest request) {
        var logins = Stream.of(Optional.of(request.requestedBy()), Optional.ofNullable(request.decidedBy()))
                .flatMap(Optional::stream)
                .toList();
        return Stream.concat(people.persons(logins).stream(), concerned(request.change(), "risk-owner").stream())
                .distinct()
                .toList();
    }

    private List<Person> concerned(ChangeId change, String team) {
        var logins = jdbc.sql("""
                        select g.owner from change_record c join maintenance_group g on g.id = c.maintenance_group
                         where c.id = :change
                        union
                        select author from plan_revision where change_id = :change""")
                .param("change", change.value())
                .query(String.class)
                .list();
        return Stream.concat(people.persons(logins).stream(), people.members(team).stream())
                .distinct()
                .toList();
    }

    private Map<String, @Nullable Object> model(ChangeId change) {
        var model = new LinkedHashMap<String, @Nullable Object>();
        model.put("change", links.describe(change));
        model.put("link", links.page(change));
        return model;
    }

    private static String result(Ring ring) {
        return switch (ring.state()) {
            case "passed" -> "passed";
            case "soaking" -> "installed, soaking";
            case "backed-out" -> "put back";
            default -> "halted";
        };
    }

    private String why(Ring ring) {
        var stopped = ring.stoppedWhy();
        if (stopped != null) {
            return stopped;
        }
        return ring.healthy() ? "" : rings.against(ring).orElse("");
    }

    /** The same ring may be ordered again and then has another result to tell. */
    private String attempt(Ring ring) {
        return "%s:%d:%d:%s"
                .formatted(
                        ring.change(),
                        ring.revision(),
                        ring.number(),
                        jdbc.sql("""
                                select concat(:state::text, ':', coalesce(max(attempt), 0)) from host_order
                                 where change_id = :change and revision = :revision and ring = :ring""")
                                .param("state", ring.state())
                                .param("change", ring.change().value())
                                .param("revision", ring.revision())
                                .param("ring", ring.number())
                                .query(String.class)
                                .single());
    }

    private void tell(
            String template,
            ChangeId change,
            Collection<Person> persons,
            Map<String, @Nullable Object> model,
            String key) {
        notifications.getObject().tell(template, change, Recipients.of(persons), new HashMap<>(model), null, key);
    }
}
