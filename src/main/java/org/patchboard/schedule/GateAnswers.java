package org.patchboard.schedule;

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

/** Answers of the pre-flight and of the gate before each ring; a yes is written down as well as a no. */
@UseCase
public class GateAnswers {

    private static final Actor ACTOR = Actor.system("gate");

    /** @param reasons every reason against; empty when it is open */
    public record GateAnswer(int revision, int ring, boolean open, List<String> reasons, String digest, Instant at) {
        public GateAnswer {
            reasons = List.copyOf(reasons);
        }
    }

    /** @param stage {@code T-24h}, {@code T-0} … */
    public record PreFlight(int revision, String stage, boolean green, List<String> reasons, Instant at) {
        public PreFlight {
            reasons = List.copyOf(reasons);
        }
    }

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    GateAnswers(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param digest of the plan that was looked at; empty when there was none */
    public GateAnswer record(ChangeId change, int revision, int ring, String digest, List<String> reasons) {
        var answer = new GateAnswer(revision, ring, reasons.isEmpty(), reasons, digest, clock.instant());
        jdbc.sql("""
                        insert into gate_answer (change_id, revision, ring, open, reasons, digest, at)
                        values (?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        change.value(),
                        revision,
                        ring,
                        answer.open(),
                        reasons.toArray(String[]::new),
                        digest,
                        answer.at().atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                change,
                ACTOR,
                answer.open() ? "gate-open" : "gate-closed",
                "ring %d of revision %d".formatted(ring, revision),
                Map.of("digest", digest, "reasons", reasons));
        return answer;
    }

    public PreFlight recordPreFlight(ChangeId change, int revision, String stage, List<String> reasons) {
        var flight = new PreFlight(revision, stage, reasons.isEmpty(), reasons, clock.instant());
        jdbc.sql("insert into pre_flight (change_id, revision, stage, green, reasons, at) values (?, ?, ?, ?, ?, ?)")
                .params(
                        change.value(),
                        revision,
                        stage,
                        flight.green(),
                        reasons.toArray(String[]::new),
                        flight.at().atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                change,
                ACTOR,
                flight.green() ? "pre-flight-green" : "pre-flight-held",
                stage + " of revision " + revision,
                Map.of("reasons", reasons));
        return flight;
    }

    /** All of a change, newest first. */
    public List<GateAnswer> of(ChangeId change) {
        return jdbc.sql("""
                        select revision, ring, open, reasons, digest, at from gate_answer
                         where change_id = ? order by at desc, id desc""")
                .param(change.value())
                .query((row, number) -> new GateAnswer(
                        row.getInt("revision"),
                        row.getInt("ring"),
                        row.getBoolean("open"),
                        List.of((String[]) row.getArray("reasons").getArray()),
                        row.getString("digest"),
                        row.getTimestamp("at").toInstant()))
                .list();
    }

    /** The newest pre-flight of a change. */
    public Optional<PreFlight> latestPreFlight(ChangeId change) {
        return jdbc.sql("""
                        select revision, stage, green, reasons, at from pre_flight
                         where change_id = ? order by id desc limit 1""")
                .param(change.value())
                .query((row, number) -> new PreFlight(
                        row.getInt("revision"),
                        row.getString("stage"),
                        row.getBoolean("green"),
                        List.of((String[]) row.getArray("reasons").getArray()),
                        row.getTimestamp("at").toInstant()))
                .optional();
    }
}
