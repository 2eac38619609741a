package org.patchboard.identity;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which duties were held on a change, and whether one more may be. Held by having done it, compared by person. */
@Repository
public class Duties {

    /** A duty somebody holds. */
    public record Held(String login, String name, Duty duty, Instant at) {}

    private final JdbcClient jdbc;
    private final Clock clock;

    Duties(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Why this person may not take the duty, as a sentence; empty when nothing stands against it. */
    public Optional<String> against(ChangeId change, String login, Duty duty) {
        var conflicting = duty.conflicts().stream().map(Enum::name).toArray(String[]::new);
        return jdbc.sql("""
                        select p.display_name as name, d.duty
                          from duty_held d join person p on p.id = d.person
                         where d.change_id = :change and p.login = :login and d.duty = any(:conflicting)
                         order by d.at limit 1""")
                .param("change", change.value())
                .param("login", login)
                .param("conflicting", conflicting)
                .query((row, number) -> "%s %s, so somebody else has to be the one who %s."
                        .formatted(
                                row.getString("name"),
                                Duty.valueOf(row.getString("duty")).phrase(),
                                duty.phrase()))
                .optional();
    }

    /**
     * Takes the duty, or refuses it. The person's row is locked, so that two duties taken at the same moment are
     * compared one after the other.
     *
     * @throws Refusal when the person holds a duty that conflicts, or there is no such person
     */
    public void take(ChangeId change, String login, Duty duty) {
        var person = jdbc.sql("select id from person where login = ? and enabled for update")
                .param(login)
                .query(Long.class)
                .optional()
                .orElseThrow(() -> Refusal.forbidden("There is no person " + login + " who can sign in."));
        against(change, login, duty).ifPresent(sentence -> {
            throw Refusal.forbidden(sentence);
        });
        jdbc.sql("""
                        insert into duty_held (change_id, person, duty, at) values (:change, :person, :duty, :at)
                        on conflict do nothing""")
                .param("change", change.value())
                .param("person", person)
                .param("duty", duty.name())
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Who held what, in the order in which it was taken. */
    public List<Held> held(ChangeId change) {
        return jdbc.sql("""
                        select p.login, p.display_name as name, d.duty, d.at
                          from duty_held d join person p on p.id = d.person
                         where d.change_id = ? order by d.at, p.login""")
                .param(change.value())
                .query((row, number) -> new Held(
                        row.getString("login"),
                        row.getString("name"),
                        Duty.valueOf(row.getString("duty")),
                        row.getTimestamp("at").toInstant()))
                .list();
    }
}
