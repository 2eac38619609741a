package org.patchboard.identity;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Which duties were held on a change, and whether one more may be. Held by having done it: the rows that people's deeds
 * left are the source. Compared by human being, whatever the login; a substitute has every conflict of the person
 * replaced, and whoever gave somebody the role gains nothing from it on the same change.
 */
@Repository
public class Duties {

    /**
     * A duty somebody holds.
     *
     * @param source the deeds that it follows from: {@code revision 2 written, task completed} …
     * @param at the first of them
     */
    public record Held(String login, String name, Duty duty, String source, Instant at) {}

    /**
     * One rule about two duties, and whether it holds on a change.
     *
     * @param rule {@code PLAN-VOTE}, {@code SUBSTITUTES} …
     * @param sentence the rule in words
     * @param first who held the first duty, logins
     * @param second who held the second duty, logins
     * @param violations a sentence for each breach; empty when the rule holds
     */
    public record Constraint(
            String rule, String sentence, List<String> first, List<String> second, List<String> violations) {
        public Constraint {
            first = List.copyOf(first);
            second = List.copyOf(second);
            violations = List.copyOf(violations);
        }

        public boolean satisfied() {
            return violations.isEmpty();
        }
    }

    /** Every rule, and who did what: whether the duties on a change were separated. */
    public record Proof(ChangeId change, boolean satisfied, List<Constraint> constraints, List<Held> held) {
        public Proof {
            constraints = List.copyOf(constraints);
            held = List.copyOf(held);
        }
    }

    private record Against(String candidate, Duty wanted, String holder, Duty duty, String relation) {

        String sentence() {
            var then = ", so somebody else has to be the one who %s.".formatted(wanted.phrase());
            return because() + then;
        }

        String breach() {
            return "%s %s, although %s".formatted(candidate, wanted.phrase(), because());
        }

        private String because() {
            return switch (relation) {
                case "absent" -> "%s stands in for %s, who %s".formatted(candidate, holder, duty.phrase());
                case "substitute" -> "%s stood in for %s and %s".formatted(holder, candidate, duty.phrase());
                case "granter" -> "%s was given the role by %s, who %s".formatted(candidate, holder, duty.phrase());
                case "grantee" -> "%s gave the role to %s, who %s".formatted(candidate, holder, duty.phrase());
                default -> "%s %s".formatted(holder, duty.phrase());
            };
        }
    }

    private final JdbcClient jdbc;
    private final Clock clock;

    Duties(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Why this person may not take the duty, as a sentence; empty when nothing stands against it. */
    public Optional<String> against(ChangeId change, String login, Duty duty) {
        return against(change.value(), login, duty);
    }

    /** @param subject number of a change, or of a proposal about a policy */
    public Optional<String> against(String subject, String login, Duty duty) {
        return jdbc.sql("""
                        select p.display_name as candidate, :duty as wanted, h.display_name as holder, a.duty, a.relation
                          from person p
                         cross join lateral duty_against(:change, p.id, :duty, :now) a
                          join person h on h.id = a.holder
                         where p.login = :login
                         order by a.relation = 'self' desc, a.at, h.login, a.duty limit 1""")
                .param("change", subject)
                .param("login", login)
                .param("duty", duty.name())
                .param("now", now())
                .query((row, number) -> against(row).sentence())
                .optional();
    }

    /**
     * Takes the duty, or refuses it. The change is locked for duties, so that two taken at the same moment, be it by
     * two logins of one person, are compared one after the other.
     *
     * @throws Refusal when the person holds a duty that conflicts, or there is no such person
     */
    public void take(ChangeId change, String login, Duty duty) {
        take(change.value(), login, duty);
    }

    /** @param subject number of a change, or of a proposal about a policy */
    public void take(String subject, String login, Duty duty) {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('duties:' || ?, 0))")
                .param(subject)
                .query((row, number) -> true)
                .single();
        var person = jdbc.sql("select id from person where login = ? and enabled for update")
                .param(login)
                .query(Long.class)
                .optional()
                .orElseThrow(() -> Refusal.forbidden("There is no person " + login + " who can sign in."));
        against(subject, login, duty).ifPresent(sentence -> {
            throw Refusal.forbidden(sentence);
        });
        jdbc.sql("""
                        insert into duty_held (change_id, person, duty, at) values (:change, :person, :duty, :at)
                        on conflict do nothing""")
                .param("change", subject)
                .param("person", person)
                .param("duty", duty.name())
                .param("at", now())
                .update();
    }

    /** Who did what, in the order in which it was done. */
    public List<Held> held(ChangeId change) {
        return jdbc.sql("""
                        select p.login, p.display_name as name, d.duty, min(d.at) as at,
                               string_agg(distinct d.source, ', ') as source
                          from duty_evidence d join person p on p.id = d.person
                         where d.change_id = ? group by p.login, p.display_name, d.duty
                         order by min(d.at), p.login, d.duty""")
                .param(change.value())
                .query((row, number) -> new Held(
                        row.getString("login"),
                        row.getString("name"),
                        Duty.valueOf(row.getString("duty")),
                        row.getString("source"),
                        row.getTimestamp("at").toInstant()))
                .list();
    }

    /** Every rule about duties with those who held them, computed afresh from what people did. */
    public Proof proof(ChangeId change) {
        var held = held(change);
        var breaches = breaches(change);
        var constraints = new ArrayList<Constraint>();
        for (var one : Duty.values()) {
            if (one.isAboutPolicies()) {
                continue;
            }
            for (var two : one.conflicts()) {
                if (one.compareTo(two) < 0) {
                    constraints.add(new Constraint(
                            one + "-" + two,
                            "Nobody who %s %s.".formatted(one.phrase(), two.phrase()),
                            holders(held, one),
                            holders(held, two),
                            sentences(breaches.stream()
                                    .filter(breach -> breach.relation().equals("self"))
                                    .filter(breach -> breach.wanted() == one && breach.duty() == two))));
                }
            }
        }
        constraints.add(new Constraint(
                "SUBSTITUTES",
                "A substitute has every conflict of the person replaced, and the other way round.",
                List.of(),
                List.of(),
                sentences(breaches.stream()
                        .filter(breach -> breach.relation().equals("absent")
                                || breach.relation().equals("substitute")))));
        constraints.add(new Constraint(
                "GRANTED-ROLES",
                "Nobody decides by a role that somebody gave them who gains from it on the same change.",
                List.of(),
                List.of(),
                sentences(breaches.stream().filter(breach -> breach.relation().equals("granter")))));
        return new Proof(change, constraints.stream().allMatch(Constraint::satisfied), constraints, held);
    }

    private static List<String> sentences(Stream<Against> breaches) {
        return breaches.map(Against::breach).distinct().sorted().toList();
    }

    private static List<String> holders(List<Held> held, Duty duty) {
        return held.stream()
                .filter(it -> it.duty() == duty)
                .map(Held::login)
                .distinct()
                .sorted()
                .toList();
    }

    private List<Against> breaches(ChangeId change) {
        return jdbc.sql("""
                        select distinct p.display_name as candidate, e.duty as wanted, h.display_name as holder, a.duty,
                               a.relation
                          from duty_evidence e join person p on p.id = e.person
                         cross join lateral duty_against(e.change_id, e.person, e.duty, e.at) a
                          join person h on h.id = a.holder
                         where e.change_id = ?""")
                .param(change.value())
                .query((row, number) -> against(row))
                .list();
    }

    private static Against against(ResultSet row) throws SQLException {
        return new Against(
                row.getString("candidate"),
                Duty.valueOf(row.getString("wanted")),
                row.getString("holder"),
                Duty.valueOf(row.getString("duty")),
                row.getString("relation"));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
