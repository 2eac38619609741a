package org.patchboard.notification;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Writes the message as a row and schedules its sending, both in the caller's transaction. */
@Component
class OutboxNotifications implements Notifications {

    private final JdbcClient jdbc;
    private final Letters letters;
    private final ObjectProvider<SchedulerClient> scheduler;
    private final Clock clock;

    OutboxNotifications(JdbcClient jdbc, Letters letters, ObjectProvider<SchedulerClient> scheduler, Clock clock) {
        this.jdbc = jdbc;
        this.letters = letters;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    @Override
    public void tell(
            String template,
            @Nullable ChangeId change,
            Collection<Recipient> recipients,
            Map<String, ?> model,
            @Nullable Invitation invitation,
            String key) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a message is written in the transaction of the deed it tells of");
        }
        for (var recipient : recipients) {
            var letter = letters.write(template, recipient, model);
            var id = UUID.randomUUID();
            var now = clock.instant();
            int written = jdbc.sql("""
                            insert into outbox (id, change_id, template, recipient, recipient_name, recipient_mail,
                                                subject, text_body, html_body, invitation, dedupe_key, created_at)
                            values (:id, :change, :template, :login, :name, :mail,
                                    :subject, :text, :html, :invitation, :key, :at)
                            on conflict (dedupe_key) do nothing""")
                    .param("id", id)
                    .param("change", change == null ? null : change.value())
                    .param("template", template)
                    .param("login", recipient.login())
                    .param("name", recipient.name())
                    .param("mail", recipient.mail())
                    .param("subject", letter.subject())
                    .param("text", letter.text())
                    .param("html", letter.html())
                    .param("invitation", invitation == null ? null : Invitations.calendar(invitation, recipient, now))
                    .param("key", template + ":" + key + ":" + recipient.login())
                    .param("at", now.atOffset(ZoneOffset.UTC))
                    .update();
            if (written == 1) {
                scheduler
                        .getObject()
                        .scheduleIfNotExists(
                                SendMail.TASK.instance(id.toString()).build(), now);
            }
        }
    }
}
