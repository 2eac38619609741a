package org.patchboard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.AbstractMap;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.engine.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * The limit of {@link Lifecycle}: our models in the engine alone. Every bean that a model names is a stand-in that reads
 * and writes nothing but the variables which gateways read.
 */
final class BareEngine implements AutoCloseable {

    private static final String CHANGE = "patch-change";
    private static final Date LATER = new Date(4_102_444_800_000L);

    /** Variables that a delegate of ours sets on the straight way. */
    private static final Map<String, Map<String, Object>> SETS = Map.ofEntries(
            Map.entry("findConflictsDelegate", Map.of("conflicts", "none")),
            Map.entry("countVotesDelegate", Map.of("authorization", "approved")),
            Map.entry("findWindowDelegate", Map.of("scheduling", "found")),
            Map.entry("preFlightDelegate", Map.of("scheduling", "go")),
            Map.entry("beginRolloutDelegate", Map.of("ringCount", 2)),
            Map.entry("checkGateDelegate", Map.of("gateOpen", true)),
            Map.entry("recheckRingDelegate", Map.of("rolloutOutcome", "passed")),
            Map.entry("judgeReviewNeedDelegate", Map.of("reviewNeeded", false)));

    /** Variables that a person's answer sets. */
    private static final Map<String, Map<String, Object>> ANSWERS = Map.of(
            "UserTask_Triage", Map.of("assessment", "patch"),
            "UserTask_Plan", Map.of("impactAccepted", true, "testPassed", true),
            "UserTask_SignClosure", Map.of("verification", "fixed"));

    /** What machines answer, by the element that waits for it. */
    private static final Map<String, String> MESSAGES = Map.of(
            "ReceiveTask_TestFinished", "patchboard.testFinished",
            "ReceiveTask_RingFinished", "patchboard.ringFinished",
            "ReceiveTask_VerificationFinished", "patchboard.verificationFinished");

    private final ProcessEngine engine;
    private final RuntimeService runtime;
    private final TaskService tasks;
    private final int voters;
    private final int votes;
    private int changes;

    BareEngine(Database database, int voters, int votes) throws IOException {
        this.voters = voters;
        this.votes = votes;
        var configuration = new StandaloneProcessEngineConfiguration();
        configuration.setProcessEngineName("bare");
        configuration.setJdbcUrl(database.url());
        configuration.setJdbcUsername(database.user());
        configuration.setJdbcPassword(database.password());
        configuration.setJdbcDriver("org.postgresql.Driver");
        configuration.setDatabaseSchemaUpdate("true");
        configuration.setJobExecutorActivate(false);
        configuration.setHistory("full");
        configuration.setHistoryTimeToLive("P3650D");
        configuration.setAuthorizationEnabled(false);
        configuration.setMetricsEnabled(false);
        configuration.setCmmnEnabled(false);
        configuration.setBeans(new Beans());
        engine = configuration.buildProcessEngine();
        runtime = engine.getRuntimeService();
        tasks = engine.getTaskService();
        var deployment = engine.getRepositoryService().createDeployment().name("bench");
        try (var models = Files.list(Lifecycle.models())) {
            for (var model : models.filter(file -> file.toString().endsWith(".bpmn"))
                    .sorted(Comparator.naturalOrder())
                    .toList()) {
                deployment.addString("processes/" + model.getFileName(), Files.readString(model));
            }
        }
        deployment.deploy();
    }

    void through(int number) {
        for (int i = 0; i < number; i++) {
            var change = "CHG-" + ++changes;
            runtime.startProcessInstanceByKey(CHANGE, change);
            boolean moved;
            do {
                moved = jobs() || tasks() || messages();
            } while (moved);
            if (runtime.createProcessInstanceQuery()
                            .processInstanceBusinessKey(change)
                            .count()
                    > 0) {
                throw new IllegalStateException(change + " is not over");
            }
        }
    }

    private boolean jobs() {
        var due = engine.getManagementService().createJobQuery().executable().list();
        due.forEach(job -> engine.getManagementService().executeJob(job.getId()));
        return !due.isEmpty();
    }

    private boolean messages() {
        var moved = false;
        for (var waiting : MESSAGES.entrySet()) {
            var execution = runtime.createExecutionQuery()
                    .activityId(waiting.getKey())
                    .messageEventSubscriptionName(waiting.getValue())
                    .singleResult();
            if (execution != null) {
                runtime.messageEventReceived(waiting.getValue(), execution.getId());
                moved = true;
            }
        }
        return moved;
    }

    private boolean tasks() {
        var open = tasks.createTaskQuery().initializeFormKeys().list();
        if (open.isEmpty()) {
            return false;
        }
        complete(open.get(0));
        return true;
    }

    private void complete(Task task) {
        if (task.getAssignee() == null) {
            tasks.claim(task.getId(), "somebody");
        }
        tasks.complete(task.getId(), ANSWERS.getOrDefault(task.getTaskDefinitionKey(), Map.of()));
    }

    @Override
    public void close() {
        engine.close();
    }

    record Database(String url, String user, String password) {}

    /** Whatever bean a model asks for is there. */
    private final class Beans extends AbstractMap<Object, Object> {

        @Override
        public boolean containsKey(@Nullable Object name) {
            return String.valueOf(name).matches(".*(Delegate|Listener|Clock|Record)|clocks|ballotBox");
        }

        @Override
        public @Nullable Object get(@Nullable Object name) {
            return containsKey(name) ? new StandIn(String.valueOf(name)) : null;
        }

        @Override
        public Set<Entry<Object, Object>> entrySet() {
            return Set.of();
        }
    }

    /** Any bean: what the models call of it, with the answers of the straight way. */
    @SuppressWarnings("unused")
    public final class StandIn implements JavaDelegate, TaskListener, ExecutionListener {

        private final String name;

        private StandIn(String name) {
            this.name = name;
        }

        @Override
        public void execute(DelegateExecution execution) {
            SETS.getOrDefault(name, Map.of()).forEach(execution::setVariable);
            if (name.equals("assessDeadlineDelegate")) {
                runtime.startProcessInstanceByKey(
                        "deadline-clock", Objects.requireNonNull(execution.getProcessBusinessKey()));
            }
            if (name.equals("closeAndSealDelegate")) {
                runtime.createMessageCorrelation("patchboard.changeClosed")
                        .processInstanceBusinessKey(execution.getProcessBusinessKey())
                        .correlateAll();
            }
        }

        @Override
        public void notify(DelegateTask task) {}

        @Override
        public void notify(DelegateExecution execution) {}

        public List<String> voters(DelegateExecution execution) {
            return IntStream.range(0, voters).mapToObj(i -> "voter-" + i).toList();
        }

        public boolean decided(DelegateExecution execution) {
            return (Integer) execution.getVariable("nrOfCompletedInstances") >= votes;
        }

        public String reminders(DelegateExecution execution) {
            return "R2/PT24H";
        }

        public int ringOfTurn(int turn) {
            return turn + 1;
        }

        public boolean hasOpenConditions(DelegateExecution execution) {
            return false;
        }

        public boolean isRefusedForGood(DelegateExecution execution) {
            return false;
        }

        public boolean isRingHealthy(DelegateExecution execution) {
            return true;
        }

        public boolean isLookedAtAfterSoak(DelegateExecution execution) {
            return false;
        }

        public boolean isFixed(DelegateExecution execution) {
            return true;
        }

        public Date nextLook(DelegateExecution execution) {
            return new Date(0);
        }

        public Date soakEnd(DelegateExecution execution) {
            return new Date(0);
        }

        public Date businessDay(DelegateExecution execution) {
            return LATER;
        }

        public Date secondBusinessDay(DelegateExecution execution) {
            return LATER;
        }

        public Date triageDue(DelegateExecution execution) {
            return LATER;
        }

        public Date planDue(DelegateExecution execution) {
            return LATER;
        }

        public Date nextDeadlineNotice(DelegateExecution execution) {
            return LATER;
        }

        public Date deadline(DelegateExecution execution) {
            return LATER;
        }

        public Date proposalEnds(DelegateExecution execution) {
            return LATER;
        }

        public Date windowEnd(DelegateExecution execution) {
            return LATER;
        }

        public Date watchdog(DelegateExecution execution) {
            return LATER;
        }

        public Date verificationDue(DelegateExecution execution) {
            return LATER;
        }

        public Date reviewDue(DelegateExecution execution) {
            return LATER;
        }
    }
}
