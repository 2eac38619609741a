package org.patchboard.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.StringReader;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.model.component.VEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.lifecycle.engine.ChangeLinks;
import org.patchboard.lifecycle.process.Governed;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.WebApplicationContext;

@PatchboardTest
class MailTest {

    private static final Recipient TESS = new Recipient("tess", "Tess Tester", "tess@example.test", "Europe/Berlin");

    @Autowired
    Notifications notifications;

    @Autowired
    ObjectProvider<SchedulerClient> scheduler;

    @Autowired
    ChangeLinks links;

    @Autowired
    WebApplicationContext context;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    TestClock clock;

    private GreenMail server;
    private MailRelay relay;

    @BeforeEach
    void startMailServer() {
        server = new GreenMail(ServerSetup.SMTP.dynamicPort());
        server.start();
        var smtp = new JavaMailSenderImpl();
        smtp.setHost("127.0.0.1");
        smtp.setPort(server.getSmtp().getPort());
        relay = relayTo(smtp);
    }

    @AfterEach
    void stopMailServer() {
        server.stop();
    }

    @Test
    void sendsAMessageOnceWithAnIdThatStays() throws Exception {
        var id = tell("task-assigned", Map.of("task", "Plan the change", "change", change("Fix openssl")), null);
        assertThat(relay.send(id)).isEmpty();
        assertThat(relay.send(id)).isEmpty();
        assertThat(server.getReceivedMessages()).singleElement().satisfies(mail -> {
            assertThat(mail.getMessageID()).isEqualTo("<" + id + "@patchboard>");
            assertThat(mail.getSubject()).isEqualTo("Your turn: Plan the change – CHG-000042");
            assertThat(parts(mail)).anySatisfy(part -> assertThat(part).contains("Fix openssl"));
        });
        assertThat(state(id)).isEqualTo("sent");
    }

    @Test
    void theSameMessageIsWrittenOnce() {
        var key = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            transaction.executeWithoutResult(
                    status -> notifications.tell("closed", null, List.of(TESS), Map.of("outcome", "x"), null, key));
        }
        assertThat(jdbc.sql("select count(*) from outbox where dedupe_key = ?")
                        .param("closed:" + key + ":tess")
                        .query(Long.class)
                        .single())
                .isOne();
    }

    @Test
    void aDeedThatFailsTellsNobody() {
        var key = UUID.randomUUID().toString();
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    notifications.tell("closed", null, List.of(TESS), Map.of(), null, key);
                    throw new IllegalStateException("the deed failed");
                }))
                .hasMessage("the deed failed");
        assertThat(jdbc.sql("select count(*) from outbox where dedupe_key like ?")
                        .param("%" + key + "%")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void saysDeadlinesWhereTheReaderIsWithUtcBeside() throws Exception {
        var change = new Governed(context).change;
        jdbc.sql("update change_record set due_at = '2027-03-01T00:00:00Z' where id = ?")
                .param(change.value())
                .update();
        var id = tell("task-assigned", Map.of("task", "Vote", "change", links.describe(change)), null);
        relay.send(id);
        assertThat(parts(server.getReceivedMessages()[0]))
                .allSatisfy(part -> assertThat(part).contains("Mon 1 Mar 2027, 01:00 CET (2027-03-01 00:00 UTC)"));
    }

    @Test
    void whatPeopleTypeStaysText() throws Exception {
        var title = "${71*73} [[${71*73}]] __${71*73}__::x <script>alert(1)</script>\r\nBcc: mallory@example.test";
        var id = tell("task-assigned", Map.of("task", title, "change", change(title)), null);
        relay.send(id);
        var mail = server.getReceivedMessages()[0];
        assertThat(mail.getSubject()).contains("${71*73} [[${71*73}]]").doesNotContain("\n");
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getAllRecipients()).hasSize(1);
        assertThat(parts(mail)).noneSatisfy(part -> assertThat(part).contains("5183"));
        assertThat(parts(mail).get(1)).contains("&lt;script&gt;").doesNotContain("<script>");
    }

    @Test
    void anInvitationIsRightOverDaylightSaving() throws Exception {
        var start = ZonedDateTime.of(2027, 3, 28, 1, 0, 0, 0, ZoneId.of("Europe/Berlin"));
        var invitation = new Invitation(
                "uid-1@patchboard",
                3,
                false,
                "Window",
                "x",
                start.toInstant(),
                start.plusHours(2).toInstant(),
                "Europe/Berlin");
        var id = tell("window-booked", Map.of("change", change("t")), invitation);
        relay.send(id);
        var calendar = new CalendarBuilder()
                .build(new StringReader(parts(server.getReceivedMessages()[0]).get(2)));
        var event = (VEvent) calendar.getComponents("VEVENT").get(0);
        assertThat(Instant.from(event.getDateTimeStart().getDate())).isEqualTo(start.toInstant());
        assertThat(Instant.from(event.getDateTimeEnd().getDate())).isEqualTo(Instant.parse("2027-03-28T02:00:00Z"));
        assertThat(calendar.toString()).contains("METHOD:REQUEST", "SEQUENCE:3", "BEGIN:VTIMEZONE");
    }

    @Test
    void aDeadServerLosesNothingAndIsTriedLessAndLess() {
        server.stop();
        clock.set(Instant.parse("2027-01-01T00:00:00Z"));
        var id = tell("closed", Map.of("change", change("t")), null);
        assertThat(relay.send(id)).contains(Instant.parse("2027-01-01T00:01:00Z"));
        assertThat(relay.send(id)).contains(Instant.parse("2027-01-01T00:01:30Z"));
        assertThat(state(id)).isEqualTo("waiting");
        for (int i = 2; i < MailRelay.TRIES; i++) {
            relay.send(id);
        }
        assertThat(state(id)).isEqualTo("dead");
        server.start();
    }

    @Test
    void withoutAServerTheMessageWaitsAndNoTryIsCounted() {
        var id = tell("closed", Map.of("change", change("t")), null);
        assertThat(relayTo(null).send(id)).isEmpty();
        assertThat(jdbc.sql("select attempts from outbox where id = ?")
                        .param(id)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private static Map<String, Object> change(String title) {
        return Map.of("id", "CHG-000042", "title", title, "url", "http://localhost/changes/CHG-000042");
    }

    private UUID tell(String template, Map<String, ?> model, @Nullable Invitation invitation) {
        var key = UUID.randomUUID().toString();
        transaction.executeWithoutResult(
                status -> notifications.tell(template, null, List.of(TESS), model, invitation, key));
        return jdbc.sql("select id from outbox where dedupe_key like ?")
                .param("%" + key + "%")
                .query(UUID.class)
                .single();
    }

    private String state(UUID id) {
        return jdbc.sql("select state from outbox where id = ?")
                .param(id)
                .query(String.class)
                .single();
    }

    private static List<String> parts(MimeMessage mail) throws Exception {
        var multipart = (MimeMultipart) mail.getContent();
        var parts = new java.util.ArrayList<String>();
        for (int i = 0; i < multipart.getCount(); i++) {
            var content = multipart.getBodyPart(i).getContent();
            parts.add(
                    content instanceof java.io.InputStream stream
                            ? new String(stream.readAllBytes())
                            : content.toString());
        }
        return parts;
    }

    private MailRelay relayTo(@Nullable JavaMailSender smtp) {
        return new MailRelay(
                jdbc,
                new ObjectProvider<>() {
                    @Override
                    public @Nullable JavaMailSender getIfAvailable() {
                        return smtp;
                    }

                    @Override
                    public JavaMailSender getObject() {
                        throw new IllegalStateException("asked for a mail server that may be missing");
                    }
                },
                scheduler,
                clock,
                "patchboard@example.test");
    }
}
