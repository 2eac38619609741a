package org.patchboard.identity;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Keeps people, their memberships and their substitutes. Nobody is ever deleted: a login stands in old records. */
@UseCase
public class Directory {

    /** Roles that are never held together, whatever the change: who administers or audits decides and does nothing. */
    private static final Map<String, Set<String>> EXCLUSIVE = exclusive();

    /** A membership with its dates; {@code to} is null while it is open. */
    public record Membership(
            String team,
            String teamName,
            Instant from,
            @Nullable Instant to,
            String grantedBy) {}

    /**
     * Somebody stands in for somebody else, inheriting every conflict.
     *
     * @param approvedBy a third person; null as long as nobody has approved it, and it is not in force until then
     */
    public record Substitution(
            long id,
            String absent,
            String substitute,
            Instant from,
            Instant to,
            String recordedBy,
            @Nullable String approvedBy) {}

    /** Everything an administrator sees of a person. */
    public record Entry(
            Person person,
            boolean mustChangePassword,
            List<Membership> memberships,
            List<Substitution> substitutions) {}

    private final JdbcClient jdbc;
    private final PasswordEncoder passwords;
    private final AuditTrail audit;
    private final Clock clock;

    Directory(JdbcClient jdbc, PasswordEncoder passwords, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.passwords = passwords;
        this.audit = audit;
        this.clock = clock;
    }

    /** A random password of 120 bits, for somebody who changes it at the first sign-in. */
    public static String randomPassword() {
        var bytes = new byte[15];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Whether nobody is known yet; locks the table, so that of two nodes starting at once one finds somebody. */
    public boolean isEmpty() {
        jdbc.sql("lock table person in exclusive mode").update();
        return !jdbc.sql("select exists (select from person)")
                .query(Boolean.class)
                .single();
    }

    /**
     * Adds a person.
     *
     * @param password checked against the policy; null when the person signs in another way
     * @param mustChange whether the password was chosen by somebody else
     * @throws Refusal when the login is taken or malformed, the zone unknown or the password too weak
     */
    public void add(
            String login,
            String name,
            String mail,
            String zone,
            @Nullable String password,
            boolean mustChange,
            Actor actor) {
        if (!login.matches("[a-z][a-z0-9._-]{0,63}")) {
            throw Refusal.incomplete("A login begins with a letter and has letters, digits, dot, dash or underscore.");
        }
        if (name.isBlank() || !mail.matches("[^@\\s]+@[^@\\s]+")) {
            throw Refusal.incomplete("A person has a name and a mail address.");
        }
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw Refusal.incomplete(
                    "There is no time zone \"" + zone + "\"; take an IANA name such as Europe/Berlin.");
        }
        if (password != null) {
            Passwords.check(password, login, name, mail);
        }
        int added = jdbc.sql("""
                        insert into person (login, display_name, email, zone, password_hash, must_change, created_at)
                        values (:login, :name, :mail, :zone, :hash, :mustChange, :at)
                        on conflict (login) do nothing""")
                .param("login", login)
                .param("name", name)
                .param("mail", mail)
                .param("zone", zone)
                .param("hash", password == null ? null : passwords.encode(password))
                .param("mustChange", mustChange)
                .param("at", now())
                .update();
        if (added == 0) {
            throw Refusal.conflict("The login " + login + " is taken; logins are never reused.");
        }
        audit.record(chain(login), actor, "person-added", login, Map.of("name", name, "mail", mail, "zone", zone));
    }

    /** Lets the person in again, or keeps them out from the next request on. */
    public void enable(String login, boolean enabled, Actor actor) {
        lock(login);
        jdbc.sql("update person set enabled = ? where login = ?")
                .param(enabled)
                .param(login)
                .update();
        refuseWithoutAdministrator();
        audit.record(chain(login), actor, enabled ? "person-enabled" : "person-disabled", login, Map.of());
    }

    /** The person takes a new password of their own choice. */
    public void changePassword(String login, String old, String wanted) {
        var person = lock(login);
        var hash = jdbc.sql("select password_hash from person where login = ?")
                .param(login)
                .query(String.class)
                .optional();
        if (hash.isEmpty() || !passwords.matches(old, hash.get())) {
            throw Refusal.forbidden("The old password is not right.");
        }
        if (old.equals(wanted)) {
            throw Refusal.incomplete("The new password differs from the old one.");
        }
        store(person, wanted, false);
        audit.record(chain(login), Actor.person(login), "password-changed", login, Map.of());
    }

    /** Somebody with the right to do so gives the person a password, to be changed at the next sign-in. */
    public void resetPassword(String login, String wanted, Actor actor) {
        store(lock(login), wanted, true);
        jdbc.sql("delete from sign_in_failure where subject like ?")
                .param("login:" + login + "%")
                .update();
        audit.record(chain(login), actor, "password-reset", login, Map.of());
    }

    /** Whether the person has to take a new password before anything else. */
    public boolean mustChangePassword(String login) {
        return jdbc.sql("select must_change from person where login = ?")
                .param(login)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    /**
     * Grants a membership from a moment to a moment.
     *
     * @param from null for now
     * @param to null for open
     * @throws Refusal when the roles exclude each other, or the actor grants to themselves
     */
    public void grant(String login, String team, @Nullable Instant from, @Nullable Instant to, Actor actor) {
        var person = lock(login);
        if (actor.isPerson() && actor.name().equals(login)) {
            throw Refusal.forbidden("Nobody grants a role to themselves; ask another administrator.");
        }
        requireTeam(team);
        var start = from == null ? clock.instant() : from;
        if (to != null && !start.isBefore(to)) {
            throw Refusal.incomplete("A membership ends after it begins.");
        }
        refuseExclusive(person, team, start);
        jdbc.sql("delete from membership where person = ? and team = ? and valid_from > ?")
                .param(person.id())
                .param(team)
                .param(start.atOffset(ZoneOffset.UTC))
                .update();
        endAt(person.id(), team, start);
        jdbc.sql("""
                        insert into membership (person, team, valid_from, valid_to, granted_by, granted_at)
                        values (:person, :team, :from, coalesce(:to, 'infinity'::timestamptz), :by, :at)""")
                .param("person", person.id())
                .param("team", team)
                .param("from", start.atOffset(ZoneOffset.UTC))
                .param("to", to == null ? null : to.atOffset(ZoneOffset.UTC))
                .param("by", actor.name())
                .param("at", now())
                .update();
        refuseWithoutAdministrator();
        audit.record(
                chain(login),
                actor,
                "membership-granted",
                login + " in " + team,
                Map.of("team", team, "from", start.toString(), "to", to == null ? "open" : to.toString()));
    }

    /** Ends a membership now. */
    public void revoke(String login, String team, Actor actor) {
        var person = lock(login);
        requireTeam(team);
        if (endAt(person.id(), team, clock.instant()) == 0) {
            throw Refusal.unknown(person.name() + " is not a member of \"" + team + "\".");
        }
        refuseWithoutAdministrator();
        audit.record(chain(login), actor, "membership-ended", login + " in " + team, Map.of("team", team));
    }

    /**
     * Records who stands in for whom; the substitute inherits the groups, never administration. It is in force only
     * when a third person has approved it: recorded by one, it is approved with that.
     *
     * @return its key
     */
    public long substitute(String absent, String substitute, Instant from, Instant to, Actor actor) {
        var away = lock(absent);
        var there = lock(substitute);
        if (away.id() == there.id() || !from.isBefore(to)) {
            throw Refusal.incomplete("A substitute is somebody else, and the time ends after it begins.");
        }
        if (isSameHuman(actor, there.id())) {
            throw Refusal.forbidden("Nobody makes themselves a substitute; ask the person you stand in for.");
        }
        for (var team : heldBetween(away.id(), from, to)) {
            if (!team.equals(Team.ADMINISTRATORS)) { // is never inherited
                refuseExclusive(there, team, from);
            }
        }
        var third = !isSameHuman(actor, away.id());
        var id = jdbc.sql("""
                        insert into substitution (absent, substitute, valid_from, valid_to, recorded_by, recorded_at,
                                                  approved_by, approved_at)
                        values (:absent, :substitute, :from, :to, :by, :now, :approver, :approved) returning id""")
                .param("absent", away.id())
                .param("substitute", there.id())
                .param("from", from.atOffset(ZoneOffset.UTC))
                .param("to", to.atOffset(ZoneOffset.UTC))
                .param("by", actor.name())
                .param("now", now())
                .param("approver", third ? actor.name() : null, java.sql.Types.VARCHAR)
                .param("approved", third ? now() : null, java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .query(Long.class)
                .single();
        audit.record(
                chain(absent),
                actor,
                "substitution-recorded",
                substitute + " for " + absent,
                Map.of("substitute", substitute, "from", from.toString(), "to", to.toString(), "approved", third));
        return id;
    }

    /**
     * A third person lets a substitution come into force; it counts only on changes opened after that.
     *
     * @throws Refusal when the approver is one of the two or recorded it, or there is nothing to approve
     */
    public void approveSubstitution(String absent, long id, Actor approver) {
        var away = lock(absent);
        record Pending(long substitute, String recordedBy) {}
        var pending = jdbc.sql("""
                        select substitute, recorded_by from substitution
                         where id = ? and absent = ? and approved_at is null for update""")
                .params(id, away.id())
                .query(Pending.class)
                .optional()
                .orElseThrow(
                        () -> Refusal.unknown("There is no substitution of " + absent + " that waits for approval."));
        if (!approver.isPerson()
                || isSameHuman(approver, away.id())
                || isSameHuman(approver, pending.substitute())
                || approver.name().equals(pending.recordedBy())) {
            throw Refusal.forbidden("A substitution is approved by a third person, who is neither of the two.");
        }
        jdbc.sql("update substitution set approved_by = ?, approved_at = ? where id = ?")
                .params(approver.name(), now(), id)
                .update();
        audit.record(chain(absent), approver, "substitution-approved", "substitution " + id, Map.of("for", absent));
    }

    /**
     * Records that a login is another login of a human being who has one already; rules compare human beings.
     *
     * @throws Refusal when the other is itself a second login
     */
    public void sameHuman(String login, String other, Actor actor) {
        var second = lock(login);
        var first = lock(other);
        int linked = jdbc.sql("""
                        update person set same_as = :first
                         where id = :second and id <> :first
                           and not exists (select from person p where p.same_as = :second)
                           and exists (select from person p where p.id = :first and p.same_as is null)""")
                .param("first", first.id())
                .param("second", second.id())
                .update();
        if (linked == 0) {
            throw Refusal.conflict("Name the login that %s had first, which is nobody's second.".formatted(login));
        }
        audit.record(chain(login), actor, "same-human-recorded", login, Map.of("sameAs", other));
    }

    private boolean isSameHuman(Actor actor, long person) {
        return actor.isPerson()
                && jdbc.sql("select exists (select from person p where p.login = ? and human(p.id) = human(?))")
                        .params(actor.name(), person)
                        .query(Boolean.class)
                        .single();
    }

    /** Everybody, disabled people last, with memberships and substitutes that have not ended. */
    public List<Entry> entries() {
        return jdbc.sql("select id, login, display_name as name, email as mail, zone, enabled, must_change from person"
                        + " order by enabled desc, login")
                .query((row, number) -> {
                    var person = new Person(
                            row.getLong("id"),
                            row.getString("login"),
                            row.getString("name"),
                            row.getString("mail"),
                            row.getString("zone"),
                            row.getBoolean("enabled"));
                    return new Entry(
                            person,
                            row.getBoolean("must_change"),
                            memberships(person.login()),
                            substitutions(person.login()));
                })
                .list();
    }

    /** Memberships of a person that have not ended. */
    public List<Membership> memberships(String login) {
        return jdbc.sql("""
                        select m.team, t.name, m.valid_from, nullif(m.valid_to, 'infinity') as valid_to, m.granted_by
                          from membership m join team t on t.id = m.team join person p on p.id = m.person
                         where p.login = ? and m.valid_to > ? order by m.team""")
                .params(login, now())
                .query((row, number) -> new Membership(
                        row.getString("team"),
                        row.getString("name"),
                        row.getTimestamp("valid_from").toInstant(),
                        row.getTimestamp("valid_to") == null
                                ? null
                                : row.getTimestamp("valid_to").toInstant(),
                        row.getString("granted_by")))
                .list();
    }

    /** Substitutions in which the person is one of the two and which have not ended. */
    public List<Substitution> substitutions(String login) {
        return substitutions("a.login = :login or b.login = :login", login);
    }

    /** Everybody's substitutions that have not ended; those that wait for approval first. */
    public List<Substitution> substitutions() {
        return substitutions(":login = ''", "");
    }

    private List<Substitution> substitutions(String whose, String login) {
        return jdbc.sql("""
                        select s.id, a.login as absent, b.login as substitute, s.valid_from, s.valid_to, s.recorded_by,
                               s.approved_by
                          from substitution s join person a on a.id = s.absent join person b on b.id = s.substitute
                         where (%s) and s.valid_to > :now
                         order by s.approved_by is not null, s.valid_from, s.id""".formatted(whose))
                .param("login", login)
                .param("now", now())
                .query((row, number) -> new Substitution(
                        row.getLong("id"),
                        row.getString("absent"),
                        row.getString("substitute"),
                        row.getTimestamp("valid_from").toInstant(),
                        row.getTimestamp("valid_to").toInstant(),
                        row.getString("recorded_by"),
                        row.getString("approved_by")))
                .list();
    }

    private void store(Person person, String password, boolean mustChange) {
        Passwords.check(password, person.login(), person.name(), person.mail());
        jdbc.sql("update person set password_hash = ?, must_change = ? where id = ?")
                .params(passwords.encode(password), mustChange, person.id())
                .update();
    }

    private int endAt(long person, String team, Instant moment) {
        return jdbc.sql("""
                        update membership set valid_to = :moment
                         where person = :person and team = :team and valid_from < :moment and valid_to > :moment""")
                .param("moment", moment.atOffset(ZoneOffset.UTC))
                .param("person", person)
                .param("team", team)
                .update();
    }

    private List<String> heldBetween(long person, Instant from, Instant to) {
        return jdbc.sql("select distinct team from membership where person = ? and valid_from < ? and valid_to > ?")
                .params(person, to.atOffset(ZoneOffset.UTC), from.atOffset(ZoneOffset.UTC))
                .query(String.class)
                .list();
    }

    private boolean holdsFrom(long person, String team, Instant moment) {
        return jdbc.sql("select exists (select from membership where person = ? and team = ? and valid_to > ?)")
                .params(person, team, moment.atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
    }

    private void refuseExclusive(Person person, String team, Instant from) {
        for (var other : EXCLUSIVE.getOrDefault(team, Set.of())) {
            if (holdsFrom(person.id(), other, from)) {
                throw Refusal.conflict("%s cannot be in \"%s\" and in \"%s\".".formatted(person.name(), team, other));
            }
        }
    }

    private static Map<String, Set<String>> exclusive() {
        var deciding = Set.of(
                "cab",
                "ecab",
                "change-manager",
                "security-representative",
                "risk-owner",
                "policy-approver",
                "verifier",
                "on-call",
                "implementer");
        var exclusive = new HashMap<String, Set<String>>();
        BiConsumer<String, String> never = (one, other) -> {
            exclusive.computeIfAbsent(one, team -> new TreeSet<>()).add(other);
            exclusive.computeIfAbsent(other, team -> new TreeSet<>()).add(one);
        };
        deciding.forEach(team -> never.accept(Team.ADMINISTRATORS, team));
        deciding.forEach(team -> never.accept(Team.AUDITORS, team));
        never.accept(Team.ADMINISTRATORS, Team.AUDITORS);
        never.accept("policy-author", "policy-approver");
        return Map.copyOf(exclusive);
    }

    /** Not even by date: an installation without an open-ended administrator could lock itself out. */
    private void refuseWithoutAdministrator() {
        var somebody =
                jdbc.sql("""
                        select exists (select from membership m join person p on p.id = m.person
                         where p.enabled and m.team = ? and m.valid_to = 'infinity')""").param(Team.ADMINISTRATORS).query(Boolean.class).single();
        var anybody = jdbc.sql("select exists (select from membership where team = ?)")
                .param(Team.ADMINISTRATORS)
                .query(Boolean.class)
                .single();
        if (anybody && !somebody) {
            throw Refusal.conflict("There must always be an administrator whose membership has no end.");
        }
    }

    private Person lock(String login) {
        return jdbc.sql("select id, login, display_name as name, email as mail, zone, enabled from person"
                        + " where login = ? for update")
                .param(login)
                .query(Person.class)
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no person " + login + "."));
    }

    private void requireTeam(String team) {
        if (jdbc.sql("select id from team where id = ?")
                .param(team)
                .query(String.class)
                .optional()
                .isEmpty()) {
            throw Refusal.unknown("There is no group " + team + ".");
        }
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private static String chain(String login) {
        return "person:" + login;
    }
}
