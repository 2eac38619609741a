package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.runtime.Execution;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.value.SerializableValue;
import org.patchboard.TestPeople;
import org.patchboard.risk.ProposalId;
import org.patchboard.rollout.HostWorkByHand;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationContext;

/** Walks the processes of one change: its jobs, its hosts, its tasks. */
public final class ProcessWalk {

    private final RuntimeService runtime;
    private final TaskService tasks;
    private final FormService forms;
    private final ManagementService management;
    private final TestPeople people;
    private final HostWorkByHand hosts;
    private final ChangeId change;
    private final String subject;

    public ProcessWalk(ApplicationContext context, ChangeId change) {
        this(context, change, change.value());
    }

    /** Of a proposal to change a policy: it has no hosts. */
    public ProcessWalk(ApplicationContext context, ProposalId proposal) {
        this(context, null, proposal.value());
    }

    private ProcessWalk(ApplicationContext context, ChangeId change, String subject) {
        runtime = context.getBean(RuntimeService.class);
        tasks = context.getBean(TaskService.class);
        forms = context.getBean(FormService.class);
        management = context.getBean(ManagementService.class);
        people = context.getBean(TestPeople.class);
        hosts = new HostWorkByHand(context);
        this.change = change;
        this.subject = subject;
    }

    /** Executes the change's jobs that are no timers, until there is none. */
    public ProcessWalk jobs() {
        for (var due = jobs(false); !due.isEmpty(); due = jobs(false)) {
            management.executeJob(due.get(0).getId());
        }
        return this;
    }

    /** Executes jobs and host work in turn until both are empty. */
    public ProcessWalk everything() {
        do {
            jobs();
        } while (hosts.runAll(change) > 0);
        return jobs();
    }

    public ProcessWalk hosts() {
        hosts.runAll(change);
        return this;
    }

    /** Fires the timer of an element. */
    public ProcessWalk timer(String activity) {
        var timer = jobs(true).stream()
                .filter(job -> activity.equals(activityOf(job)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no timer at " + activity));
        management.executeJob(timer.getId());
        return jobs();
    }

    /** When the timer of an element fires. */
    public Job timerOf(String activity) {
        return jobs(true).stream()
                .filter(job -> activity.equals(activityOf(job)))
                .findFirst()
                .orElseThrow();
    }

    private String activityOf(Job job) {
        return management
                .createJobDefinitionQuery()
                .jobDefinitionId(job.getJobDefinitionId())
                .singleResult()
                .getActivityId();
    }

    private List<Job> jobs(boolean timers) {
        return instances().stream()
                .flatMap(id -> {
                    var query = management.createJobQuery().processInstanceId(id);
                    return (timers ? query.timers() : query.messages()).list().stream();
                })
                .toList();
    }

    private List<String> instances() {
        return runtime.createProcessInstanceQuery().processInstanceBusinessKey(subject).list().stream()
                .map(Execution::getId)
                .toList();
    }

    public boolean isOver() {
        return instances().isEmpty();
    }

    /** Claims that nothing of the change is running any more; says what is. */
    public void ends() {
        assertThat(instances().stream()
                        .flatMap(id -> runtime.createExecutionQuery().processInstanceId(id).list().stream())
                        .flatMap(execution -> runtime.getActiveActivityIds(execution.getId()).stream())
                        .distinct())
                .as("what still runs of %s", change)
                .isEmpty();
        assertThat(instances()).isEmpty();
    }

    /** The one open task with this key. */
    public Task task(String key) {
        var found = tasks.createTaskQuery()
                .processInstanceBusinessKey(subject)
                .taskDefinitionKey(key)
                .list();
        assertThat(found).as(key).hasSize(1);
        return found.get(0);
    }

    public boolean hasTask(String key) {
        return tasks.createTaskQuery()
                        .processInstanceBusinessKey(subject)
                        .taskDefinitionKey(key)
                        .count()
                > 0;
    }

    /** What the form of an open task shows. */
    public String summary(String key) {
        return summary(task(key));
    }

    private String summary(Task task) {
        SerializableValue summary = tasks.getVariableLocalTyped(task.getId(), "summary", false);
        return summary.getValueSerialized();
    }

    /** Somebody of the group claims and completes the task. */
    public ProcessWalk done(String key, String team, Map<String, Object> answers) {
        return doneBy(key, people.someone(team), answers);
    }

    public ProcessWalk doneBy(String key, String login, Map<String, Object> answers) {
        return submit(key, login, answers).jobs();
    }

    /** The same without what follows from it: the next step waits as a job. */
    public ProcessWalk submit(String key, String login, Map<String, Object> answers) {
        var task = task(key);
        FormTruth.check(key, forms.getDeployedTaskForm(task.getId()), summary(task));
        people.as(login, () -> {
            if (task.getAssignee() == null) {
                tasks.claim(task.getId(), login);
            }
            forms.submitTaskForm(task.getId(), answers);
        });
        return this;
    }

    /** Executes the one job of an element. */
    public ProcessWalk job(String activity) {
        management.executeJob(jobs(false).stream()
                .filter(job -> activity.equals(activityOf(job)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no job at " + activity))
                .getId());
        return this;
    }
}
