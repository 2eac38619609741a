package org.patchboard.lifecycle.engine;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.patchboard.advisory.FeedImported;
import org.patchboard.inventory.InventoryImported;
import org.patchboard.scanning.Findings;
import org.patchboard.scanning.ReportImported;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * What an import brings is acted on at once: a durable task is scheduled in the import's transaction, so it exists
 * exactly when the import does, and looks which findings are settled, which open changes have become more urgent, and
 * which changes must be opened. What still comes in is left to the rule that looks again and again.
 */
@Component
public class Arrivals {

    /** What came in; the task's name begins with it. */
    public enum Kind {
        INVENTORY,
        REPORT,
        FEED,
        /** Nothing: it has been quiet for as long as the opening of changes waits. */
        QUIET
    }

    static final TaskDescriptor<Void> TASK = TaskDescriptor.of("act-on-import");

    private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final Findings findings;
    private final Assessment assessment;
    private final OpenChanges rule;
    private final ObjectProvider<SchedulerClient> scheduler;
    private final Clock clock;
    private final Duration quiet;

    Arrivals(
            Findings findings,
            Assessment assessment,
            OpenChanges rule,
            ObjectProvider<SchedulerClient> scheduler,
            Clock clock,
            @Value("${patchboard.intake.quiet:PT1M}") Duration quiet) {
        this.findings = findings;
        this.assessment = assessment;
        this.rule = rule;
        this.scheduler = scheduler;
        this.clock = clock;
        this.quiet = quiet;
    }

    @EventListener
    void inventory(InventoryImported event) {
        schedule(Kind.INVENTORY, event.at());
    }

    @EventListener
    void report(ReportImported event) {
        schedule(Kind.REPORT, event.at());
    }

    @EventListener
    void feed(FeedImported event) {
        schedule(Kind.FEED, event.at());
    }

    private void schedule(Kind kind, Instant at) {
        var now = clock.instant();
        scheduler.getObject().scheduleIfNotExists(TASK.instance(kind + " " + at).build(), now);
        if (!quiet.isZero()) {
            scheduler
                    .getObject()
                    .scheduleIfNotExists(TASK.instance(Kind.QUIET + " " + at).build(), now.plus(quiet));
        }
    }

    /** Acts on what came in since an instant; may be repeated. */
    public void act(Kind kind, Instant at) {
        // The database keeps microseconds, the clock may count finer.
        var since = at.truncatedTo(ChronoUnit.MILLIS).minusMillis(1);
        if (kind == Kind.INVENTORY) {
            findings.closeSeenInstalled(since);
        }
        if (kind == Kind.FEED) {
            reassess(since);
        }
        if (kind != Kind.QUIET) {
            rule.checkDrift();
        }
        rule.open();
    }

    /** One change that cannot be judged must not keep the others from becoming urgent; it is tried again. */
    private void reassess(Instant since) {
        RuntimeException fault = null;
        for (var change : assessment.suspects(since)) {
            try {
                if (assessment.reassess(change)) {
                    LOG.info("{} has become more urgent", change);
                }
            } catch (RuntimeException e) {
                fault = e;
            }
        }
        if (fault != null) {
            throw fault;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Work {
        @Bean
        OneTimeTask<Void> actOnImport(Arrivals arrivals, Clock clock) {
            return Tasks.oneTime(TASK)
                    .onFailure((failed, operations) ->
                            operations.reschedule(failed, clock.instant().plus(AGAIN)))
                    .onDeadExecution((dead, operations) -> operations.reschedule(dead, clock.instant()))
                    .execute((instance, context) -> {
                        var name = instance.getId().split(" ", 2);
                        arrivals.act(Kind.valueOf(name[0]), Instant.parse(name[1]));
                    });
        }
    }
}
