package org.patchboard.lifecycle.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.jspecify.annotations.Nullable;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** What a change waits for, for everybody who may see the change: the engine's grants are about working, not asking. */
@Component
public class Waiting {

    /**
     * One thing a change waits for.
     *
     * @param who logins or group ids; empty for a timer or a machine
     * @param until when it is due or fires, or null
     * @param task id of the user task, or null
     * @param fault what went wrong and keeps it waiting, or null
     */
    public record WaitsFor(
            String what,
            @Nullable Instant since,
            List<String> who,
            @Nullable Instant until,
            @Nullable String task,
            @Nullable String fault) {}

    private final TaskService tasks;
    private final RuntimeService runtime;
    private final ManagementService management;
    private final RepositoryService repository;
    private final IdentityService identity;

    Waiting(
            TaskService tasks,
            RuntimeService runtime,
            ManagementService management,
            RepositoryService repository,
            IdentityService identity) {
        this.tasks = tasks;
        this.runtime = runtime;
        this.management = management;
        this.repository = repository;
        this.identity = identity;
    }

    /** Everything a change waits for now: tasks of people first, then timers, then faults. */
    public List<WaitsFor> of(ChangeId change) {
        return of(change.value());
    }

    /** The same for a proposal to change a policy. */
    public List<WaitsFor> of(ProposalId proposal) {
        return of(proposal.value());
    }

    private List<WaitsFor> of(String subject) {
        var authentication = identity.getCurrentAuthentication();
        identity.clearAuthentication();
        try {
            var waits = new ArrayList<WaitsFor>();
            tasks.createTaskQuery().processInstanceBusinessKey(subject).orderByTaskCreateTime().asc().list().stream()
                    .map(this::task)
                    .forEach(waits::add);
            for (var instance : runtime.createProcessInstanceQuery()
                    .processInstanceBusinessKey(subject)
                    .list()) {
                management
                        .createJobQuery()
                        .processInstanceId(instance.getId())
                        .timers()
                        .active()
                        .orderByJobDuedate()
                        .asc()
                        .list()
                        .stream()
                        .filter(job -> job.getDuedate() != null)
                        .map(this::timer)
                        // of several reminders the next one is enough
                        .filter(timer ->
                                waits.stream().noneMatch(it -> it.what().equals(timer.what())))
                        .forEach(waits::add);
                runtime.createIncidentQuery().processInstanceId(instance.getId()).list().stream()
                        .map(incident -> new WaitsFor(
                                words(incident.getActivityId()),
                                incident.getIncidentTimestamp().toInstant(),
                                List.of("camunda-admin"),
                                null,
                                null,
                                String.valueOf(incident.getIncidentMessage())))
                        .forEach(waits::add);
            }
            return waits;
        } finally {
            if (authentication != null) {
                identity.setAuthentication(authentication);
            }
        }
    }

    /** Tasks this person may work on, the most urgent first, with their change. */
    public List<Mine> mine(String login, List<String> groups) {
        var authentication = identity.getCurrentAuthentication();
        identity.clearAuthentication();
        try {
            var query = tasks.createTaskQuery().or().taskAssignee(login).taskCandidateUser(login);
            var mine = (groups.isEmpty() ? query : query.taskCandidateGroupIn(groups))
                    .endOr()
                    .orderByDueDate()
                    .asc()
                    .listPage(0, 50);
            return mine.stream()
                    .map(task -> new Mine(
                            task.getId(),
                            task.getName(),
                            String.valueOf(runtime.createProcessInstanceQuery()
                                    .processInstanceId(task.getProcessInstanceId())
                                    .singleResult()
                                    .getBusinessKey()),
                            task.getAssignee(),
                            task.getDueDate() == null ? null : task.getDueDate().toInstant()))
                    .toList();
        } finally {
            if (authentication != null) {
                identity.setAuthentication(authentication);
            }
        }
    }

    /**
     * A task that waits for somebody.
     *
     * @param change number of the change, or of the proposal to change a policy, that it is about
     */
    public record Mine(
            String id,
            String name,
            String change,
            @Nullable String assignee,
            @Nullable Instant due) {

        /** Path of the page that shows what the task is about. */
        public String page() {
            return ProposalId.isOne(change) ? "/policies/proposals/" + change : "/changes/" + change;
        }
    }

    private WaitsFor task(Task task) {
        var who = task.getAssignee() != null
                ? List.of(task.getAssignee())
                : tasks.getIdentityLinksForTask(task.getId()).stream()
                        .map(Waiting::name)
                        .distinct()
                        .toList();
        return new WaitsFor(
                task.getName(),
                task.getCreateTime().toInstant(),
                who,
                task.getDueDate() == null ? null : task.getDueDate().toInstant(),
                task.getId(),
                null);
    }

    private static String name(IdentityLink link) {
        return link.getGroupId() == null ? link.getUserId() : link.getGroupId();
    }

    private WaitsFor timer(Job job) {
        return new WaitsFor(
                what(job.getJobDefinitionId()),
                job.getCreateTime() == null ? null : job.getCreateTime().toInstant(),
                List.of(),
                job.getDuedate().toInstant(),
                null,
                null);
    }

    /** A timer in the words of its model: a date that is waited for, a reminder, or what happens if nothing does. */
    private String what(String jobDefinition) {
        var definition = management
                .createJobDefinitionQuery()
                .jobDefinitionId(jobDefinition)
                .singleResult();
        if (definition == null) {
            return "A date";
        }
        var element = repository
                .getBpmnModelInstance(definition.getProcessDefinitionId())
                .getModelElementById(definition.getActivityId());
        var name = element instanceof FlowElement flow && flow.getName() != null
                ? flow.getName()
                : words(definition.getActivityId());
        if (element instanceof UserTask) {
            return "Reminder: " + name;
        }
        return (element instanceof BoundaryEvent ? "If nobody acts: " : "Date: ") + name;
    }

    /** {@code BoundaryEvent_TriageLate} → "triage late". */
    private static String words(@Nullable String activity) {
        if (activity == null) {
            return "";
        }
        var name = activity.substring(activity.indexOf('_') + 1);
        return name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(java.util.Locale.ROOT);
    }
}
