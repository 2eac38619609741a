package org.patchboard.notification;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.sql.Types;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
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
        if (recipients.isEmpty()) {
            return;
        }
        var now = clock.instant();
        var all = List.copyOf(recipients);
        var letters = all.stream()
                .map(recipient -> this.letters.write(template, recipient, model))
                .toList();
        // One statement for all of them: a vote is wanted of a dozen people at once.
        var written = jdbc.sql("""
                        insert into outbox (id, change_id, template, recipient, recipient_name, recipient_mail,
                                            subject, text_body, html_body, invitation, dedupe_key, created_at)
                        select m.id, :change, :template, m.login, m.name, m.mail,
                               m.subject, m.text, m.html, m.invitation, m.key, :at
                          from unnest(:ids, :logins, :names, :mails, :subjects, :texts, :htmls, :invitations, :keys)
                            with ordinality as m (id, login, name, mail, subject, text, html, invitation, key, place)
                         order by m.place
                        on conflict (dedupe_key) do nothing
                        returning id""")
                .param("change", change == null ? null : change.value(), Types.VARCHAR)
                .param("template", template)
                .param("ids", all.stream().map(recipient -> UUID.randomUUID()).toArray(UUID[]::new))
                .param("logins", texts(all, Recipient::login))
                .param("names", texts(all, Recipient::name))
                .param("mails", texts(all, Recipient::mail))
                .param("subjects", texts(letters, Letters.Letter::subject))
                .param("texts", texts(letters, Letters.Letter::text))
                .param("htmls", texts(letters, Letters.Letter::html))
                .param(
                        "invitations",
                        texts(
                                all,
                                recipient ->
                                        invitation == null ? null : Invitations.calendar(invitation, recipient, now)))
                .param("keys", texts(all, recipient -> template + ":" + key + ":" + recipient.login()))
                .param("at", now.atOffset(ZoneOffset.UTC))
                .query(UUID.class)
                .list();
        if (!written.isEmpty()) {
            scheduler
                    .getObject()
                    .scheduleBatch(
                            written.stream()
                                    .<TaskInstance<?>>map(id -> SendMail.TASK
                                            .instance(id.toString())
                                            .build())
                                    .toList(),
                            now);
        }
    }

    private static <T> @Nullable String[] texts(List<T> all, Function<T, @Nullable String> text) {
        return all.stream().map(text).toArray(String[]::new);
    }
}
