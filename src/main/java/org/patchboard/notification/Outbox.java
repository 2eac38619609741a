package org.patchboard.notification;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.shared.UseCase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Messages as people read them in the product, sent or not. */
@UseCase
public class Outbox {

    /** @param state {@code waiting}, {@code sending}, {@code sent} or {@code dead} */
    public record Message(
            UUID id,
            @Nullable String change,
            String template,
            String recipient,
            String subject,
            String text,
            String state,
            int attempts,
            @Nullable String lastError,
            Instant createdAt,
            @Nullable Instant sentAt,
            boolean invitation) {}

    private final JdbcClient jdbc;
    private final ObjectProvider<SchedulerClient> scheduler;
    private final Clock clock;

    Outbox(JdbcClient jdbc, ObjectProvider<SchedulerClient> scheduler, Clock clock) {
        this.jdbc = jdbc;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /**
     * Newest first.
     *
     * @param recipient login, or null for everybody's
     * @param state null for any
     */
    public Slice<Message> page(@Nullable String recipient, @Nullable String state, int page, int size) {
        Slice.checkBounds(page, size);
        var where = """
                 from outbox where (cast(:recipient as text) is null or recipient = :recipient)
                               and (cast(:state as text) is null or state = :state)""";
        var total = jdbc.sql("select count(*)" + where)
                .param("recipient", recipient)
                .param("state", state)
                .query(Long.class)
                .single();
        var items = jdbc.sql("select *" + where + " order by created_at desc, id limit " + size + " offset "
                        + (long) page * size)
                .param("recipient", recipient)
                .param("state", state)
                .query((row, number) -> {
                    var sent = row.getTimestamp("sent_at");
                    return new Message(
                            row.getObject("id", UUID.class),
                            row.getString("change_id"),
                            row.getString("template"),
                            row.getString("recipient"),
                            row.getString("subject"),
                            row.getString("text_body"),
                            row.getString("state"),
                            row.getInt("attempts"),
                            row.getString("last_error"),
                            row.getTimestamp("created_at").toInstant(),
                            sent == null ? null : sent.toInstant(),
                            row.getString("invitation") != null);
                })
                .list();
        return new Slice<>(items, page, size, total);
    }

    /** How many messages are in each state. */
    public Map<String, Long> counts() {
        return jdbc
                .sql("select state, count(*) as n from outbox group by state")
                .query((row, number) -> Map.entry(row.getString("state"), row.getLong("n")))
                .list()
                .stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Tries a dead message again, from the first attempt. */
    public void resend(UUID id) {
        int revived = jdbc.sql("update outbox set state = 'waiting', attempts = 0 where id = ? and state = 'dead'")
                .param(id)
                .update();
        if (revived == 0) {
            throw Refusal.conflict("Only a message that was given up can be sent again.");
        }
        scheduler
                .getObject()
                .scheduleIfNotExists(SendMail.TASK.instance(id.toString()).build(), clock.instant());
    }
}
