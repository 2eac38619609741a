package org.patchboard.notification;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.stereotype.Component;

/**
 * Sends what is in the outbox. The attempt is committed before the mail server is spoken to and its end afterwards, so
 * that a crash between leaves "sending": the one case nobody can know, tried again under the same Message-ID.
 */
@Component
class MailRelay {

    static final int TRIES = 15;
    static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final double GROWTH = 1.5;

    private static final Logger LOG = LoggerFactory.getLogger(MailRelay.class);

    private final JdbcClient jdbc;
    private final ObjectProvider<JavaMailSender> server;
    private final ObjectProvider<SchedulerClient> scheduler;
    private final Clock clock;
    private final String from;

    MailRelay(
            JdbcClient jdbc,
            ObjectProvider<JavaMailSender> server,
            ObjectProvider<SchedulerClient> scheduler,
            Clock clock,
            @Value("${patchboard.mail.from:patchboard@localhost}") String from) {
        this.jdbc = jdbc;
        this.server = server;
        this.scheduler = scheduler;
        this.clock = clock;
        this.from = from;
    }

    private record Row(
            UUID id,
            @Nullable String change,
            String name,
            String mail,
            String subject,
            String text,
            String html,
            @Nullable String invitation,
            int attempts) {}

    /** Tries to send a message; says when to try again, empty when nothing is left to do. */
    Optional<Instant> send(UUID id) {
        var smtp = server.getIfAvailable();
        if (smtp == null) {
            return Optional.empty(); // no mail server is configured: the message waits, readable; the sweep comes back
        }
        var row = claim(id);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        try {
            smtp.send(mime(smtp, row.get()));
        } catch (MailException | MessagingException | UnsupportedEncodingException e) {
            return failed(row.get(), e);
        }
        jdbc.sql("update outbox set state = 'sent', sent_at = ?, last_error = null where id = ? and state = 'sending'")
                .params(clock.instant().atOffset(ZoneOffset.UTC), id)
                .update();
        return Optional.empty();
    }

    /** Gives every open message without a task a task again: after a configured server, a restore, a lost row. */
    void sweep() {
        if (server.getIfAvailable() == null) {
            return;
        }
        var tasks = scheduler.getObject();
        jdbc.sql("""
                        select id from outbox o
                         where state in ('waiting', 'sending')
                           and not exists (select from scheduled_tasks t
                                            where t.task_name = 'send-mail' and t.task_instance = o.id::text)
                         order by created_at limit 1000""")
                .query(UUID.class)
                .list()
                .forEach(id -> tasks.scheduleIfNotExists(
                        SendMail.TASK.instance(id.toString()).build(), clock.instant()));
    }

    private Optional<Row> claim(UUID id) {
        return jdbc.sql("""
                        update outbox set state = 'sending', attempts = attempts + 1
                         where id = ? and state in ('waiting', 'sending')
                        returning id, change_id, recipient_name, recipient_mail, subject, text_body, html_body,
                                  invitation, attempts""")
                .param(id)
                .query((row, number) -> new Row(
                        row.getObject("id", UUID.class),
                        row.getString("change_id"),
                        row.getString("recipient_name"),
                        row.getString("recipient_mail"),
                        row.getString("subject"),
                        row.getString("text_body"),
                        row.getString("html_body"),
                        row.getString("invitation"),
                        row.getInt("attempts")))
                .optional();
    }

    private Optional<Instant> failed(Row row, Exception fault) {
        var dead = row.attempts() >= TRIES;
        var why = String.valueOf(fault.getMessage());
        jdbc.sql("update outbox set state = ?, last_error = ? where id = ? and state = 'sending'")
                .params(dead ? "dead" : "waiting", why.substring(0, Math.min(500, why.length())), row.id())
                .update();
        LOG.warn("mail {} not sent, try {} of {}: {}", row.id(), row.attempts(), TRIES, why);
        if (dead) {
            return Optional.empty();
        }
        var pause = FIRST_PAUSE.toMillis() * Math.pow(GROWTH, row.attempts() - 1.0);
        return Optional.of(clock.instant().plusMillis((long) pause));
    }

    private MimeMessage mime(JavaMailSender smtp, Row row) throws MessagingException, UnsupportedEncodingException {
        var message = new NamedMessage(smtp.createMimeMessage(), "<" + row.id() + "@patchboard>");
        message.setFrom(new InternetAddress(from, "Patchboard", "UTF-8"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(row.mail(), row.name(), "UTF-8"));
        message.setSubject(row.subject(), "UTF-8");
        message.setSentDate(Date.from(clock.instant()));
        if (row.change() != null) {
            message.setHeader("References", "<" + row.change() + "@patchboard>"); // one thread for each change
        }
        message.setHeader("Auto-Submitted", "auto-generated");
        var alternatives = new MimeMultipart("alternative");
        alternatives.addBodyPart(part(row.text(), "text/plain; charset=UTF-8"));
        alternatives.addBodyPart(part(row.html(), "text/html; charset=UTF-8"));
        if (row.invitation() != null) {
            var method = row.invitation().contains("METHOD:CANCEL") ? "CANCEL" : "REQUEST";
            alternatives.addBodyPart(part(row.invitation(), "text/calendar; charset=UTF-8; method=" + method));
        }
        message.setContent(alternatives);
        message.saveChanges();
        return message;
    }

    private static MimeBodyPart part(String content, String type) throws MessagingException {
        var part = new MimeBodyPart();
        part.setContent(content, type);
        part.setHeader("Content-Type", type);
        return part;
    }

    /** A message keeps the id of its row however often it is sent. */
    private static final class NamedMessage extends MimeMessage {

        private final String id;

        NamedMessage(MimeMessage like, String id) throws MessagingException {
            super(like.getSession());
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
