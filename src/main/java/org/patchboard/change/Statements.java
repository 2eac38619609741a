package org.patchboard.change;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What people stated about a change, in their own words: verdicts of triage, impact, test, closure, review. */
@UseCase
public class Statements {

    /**
     * A statement.
     *
     * @param revision of the plan it is about; 0 before there was one
     * @param kind {@code triage}, {@code business-impact}, {@code test-sign-off} …
     */
    public record Statement(int revision, String kind, String verdict, String text, String person, Instant at) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Statements(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    public void record(ChangeId change, int revision, String kind, String verdict, String text, Actor person) {
        jdbc.sql("""
                        insert into statement (change_id, revision, kind, verdict, text, person, at)
                        values (?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        change.value(),
                        revision,
                        kind,
                        verdict,
                        text,
                        person.name(),
                        clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                change,
                person,
                kind + "-stated",
                verdict,
                Map.of("revision", revision, "verdict", verdict, "text", text));
    }

    /** The newest statement of a kind about a plan revision. */
    public Optional<Statement> latest(ChangeId change, int revision, String kind) {
        return of(change).stream()
                .filter(statement -> statement.kind().equals(kind) && statement.revision() == revision)
                .reduce((first, second) -> second);
    }

    /** All of a change, oldest first. */
    public List<Statement> of(ChangeId change) {
        return jdbc.sql("""
                        select revision, kind, verdict, text, person, at from statement
                         where change_id = ? order by id""")
                .param(change.value())
                .query((row, number) -> new Statement(
                        row.getInt("revision"),
                        row.getString("kind"),
                        row.getString("verdict"),
                        row.getString("text"),
                        row.getString("person"),
                        row.getTimestamp("at").toInstant()))
                .list();
    }
}
