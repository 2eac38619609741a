package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Changes;
import org.patchboard.lifecycle.task.VisibleToModels;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Dates of timers and tasks. Where a rule counts hours it ignores business days; where it counts days it does not. */
@VisibleToModels
@Component("clocks")
public class Clocks {

    /** Shares of the time between opening and deadline at which people are told, then the deadline and a day later. */
    private static final List<Double> NOTICES = List.of(0.5, 0.75, 0.9, 1.0);

    private static final Duration AFTER_BREACH = Duration.ofHours(24);
    private static final Duration KEV_TRIAGE = Duration.ofHours(4);
    private static final Duration FORENSIC_SCOPE = Duration.ofHours(2);
    private static final Duration FORENSIC_EVIDENCE = Duration.ofHours(24);
    private static final Duration FORENSIC_VERDICT = Duration.ofHours(72);

    private final Changes changes;
    private final JdbcClient jdbc;
    private final Clock clock;

    Clocks(Changes changes, JdbcClient jdbc, Clock clock) {
        this.changes = changes;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** 4 hours when one of its CVEs is known to be exploited, else 1 business day for critical and high, else 3. */
    public Date triageDue(DelegateExecution execution) {
        var change = changes.get(changeOf(execution));
        if (isKnownExploited(change.id())) {
            return Date.from(change.openedAt().plus(KEV_TRIAGE));
        }
        var urgent = "critical".equals(change.priority()) || "high".equals(change.priority());
        return Date.from(businessDays(change.openedAt(), urgent ? 1 : 3, zoneOf(change)));
    }

    /** Which hosts are concerned is known within 2 hours. */
    public Date forensicScopeDue(DelegateExecution execution) {
        return Date.from(clock.instant().plus(FORENSIC_SCOPE));
    }

    /** Volatile evidence is secured within a day, before anything is patched. */
    public Date evidenceDue(DelegateExecution execution) {
        return Date.from(clock.instant().plus(FORENSIC_EVIDENCE));
    }

    /** Whether there was a compromise is known within three days. */
    public Date verdictDue(DelegateExecution execution) {
        return Date.from(clock.instant().plus(FORENSIC_VERDICT));
    }

    /** A quarter of what is left until the deadline, or three business days when nothing binds. */
    public Date planDue(DelegateExecution execution) {
        var change = changes.get(changeOf(execution));
        var now = clock.instant();
        if (change.due() == null || !change.due().isAfter(now)) {
            return Date.from(businessDays(now, change.due() == null ? 3 : 1, zoneOf(change)));
        }
        return Date.from(now.plus(Duration.between(now, change.due()).dividedBy(4)));
    }

    public Date businessDay(DelegateExecution execution) {
        return Date.from(businessDays(clock.instant(), 1, zoneOf(changes.get(changeOf(execution)))));
    }

    /** When somebody above is told that a task of one business day has not been done. */
    public Date secondBusinessDay(DelegateExecution execution) {
        return Date.from(businessDays(clock.instant(), 2, zoneOf(changes.get(changeOf(execution)))));
    }

    /** When people are told next about the deadline; now when that moment has passed. */
    public Date nextDeadlineNotice(DelegateExecution execution) {
        var now = clock.instant();
        return Date.from(notices(changes.get(changeOf(execution))).stream()
                .filter(moment -> moment.isAfter(now))
                .findFirst()
                .orElse(now));
    }

    public boolean moreNotices(ChangeRecord change) {
        return change.state().isOpen() && notices(change).stream().anyMatch(moment -> moment.isAfter(clock.instant()));
    }

    private List<Instant> notices(ChangeRecord change) {
        if (change.due() == null) {
            return List.of();
        }
        var budget = Duration.between(change.openedAt(), change.due());
        var moments = new java.util.ArrayList<Instant>();
        NOTICES.forEach(share -> moments.add(change.openedAt().plusMillis((long) (budget.toMillis() * share))));
        moments.add(change.due().plus(AFTER_BREACH));
        return moments;
    }

    private ZoneId zoneOf(ChangeRecord change) {
        return ZoneId.of(jdbc.sql("select zone from maintenance_group where id = ?")
                .param(change.maintenanceGroup())
                .query(String.class)
                .single());
    }

    private boolean isKnownExploited(ChangeId change) {
        return jdbc.sql("""
                        select exists (select from change_vulnerability v join kev_entry k on k.cve = v.cve
                                        where v.change_id = ? and k.withdrawn_at is null)""").param(change.value()).query(Boolean.class).single();
    }

    /** Monday to Friday in the group's zone, at the same time of day. */
    static Instant businessDays(Instant from, int days, ZoneId zone) {
        var moment = from.atZone(zone);
        for (int left = days; left > 0; ) {
            moment = moment.plusDays(1);
            if (moment.getDayOfWeek() != DayOfWeek.SATURDAY && moment.getDayOfWeek() != DayOfWeek.SUNDAY) {
                left--;
            }
        }
        return moment.toInstant();
    }

    private static ChangeId changeOf(DelegateExecution execution) {
        return new ChangeId(execution.getProcessBusinessKey());
    }
}
