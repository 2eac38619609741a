package org.patchboard.report;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the first page says: how much is open, and what is about to be late. */
@Repository
public class Overview {

    /** An open change as a line of a list. */
    public record Line(
            String id,
            String title,
            String state,
            @Nullable String priority,
            @Nullable Instant due) {}

    private static final Duration NEAR = Duration.ofDays(7);

    private final JdbcClient jdbc;
    private final Clock clock;

    Overview(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Open changes by state. */
    public Map<String, Long> byState() {
        return jdbc
                .sql(
                        "select state, count(*) as n from change_record where state not in ('closed', 'withdrawn') group by state")
                .query((row, number) -> Map.entry(row.getString("state"), row.getLong("n")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Open changes whose deadline has passed or comes within a week, the most urgent first. */
    public List<Line> late() {
        return lines("""
                where state not in ('closed', 'withdrawn') and due_at < ? order by due_at limit 10""", clock.instant().plus(NEAR));
    }

    /** Newest changes. */
    public List<Line> recent() {
        return lines("where opened_at <= ? order by opened_at desc limit 10", clock.instant());
    }

    /** {@code assets}, {@code findings}, {@code exploited}, {@code closed}: how many there are. */
    public Map<String, Object> figures() {
        return jdbc.sql("""
                        select (select count(*) from asset) as assets,
                               (select count(*) from finding where state = 'open') as findings,
                               (select count(*) from finding f join kev_entry k on k.cve = f.cve and k.withdrawn_at is null
                                 where f.state = 'open') as exploited,
                               (select count(*) from change_record where state = 'closed') as closed""").query().singleRow();
    }

    private List<Line> lines(String where, Instant moment) {
        return jdbc.sql("select id, title, state, priority, due_at from change_record " + where)
                .param(moment.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Line(
                        row.getString("id"),
                        row.getString("title"),
                        row.getString("state"),
                        row.getString("priority"),
                        row.getTimestamp("due_at") == null
                                ? null
                                : row.getTimestamp("due_at").toInstant()))
                .list();
    }
}
