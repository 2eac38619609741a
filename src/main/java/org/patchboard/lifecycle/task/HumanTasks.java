package org.patchboard.lifecycle.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.spin.plugin.variable.SpinValues;
import org.camunda.spin.plugin.variable.value.JsonValue;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.Duties;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.lifecycle.engine.ChangeLinks;
import org.patchboard.lifecycle.engine.PolicyLinks;
import org.patchboard.lifecycle.engine.Recipients;
import org.patchboard.notification.Notifications;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The one way in which a person's work enters the house, whatever the channel: shows what is decided on when a task
 * appears, tells the people whose turn it is, and when it is completed checks the person and the answers and has them
 * recorded in the engine's transaction.
 */
@Component
public class HumanTasks {

    static final String SUMMARY = "summary";

    /** Number and title of what it is about, in the task; Tasklist's filters name it. */
    static final String TITLE = "change";

    // Resolved late: human tasks use rooms that use the engine, which is configured with this listener.
    private final ObjectProvider<Question> tasks;
    private final ObjectProvider<ChangeLinks> links;
    private final ObjectProvider<PolicyLinks> policies;
    private final People people;
    private final Duties duties;
    private final ObjectProvider<Notifications> notifications;
    private final ObjectProvider<TaskService> engine;
    private final ObjectProvider<Clock> clock;
    private final ObjectMapper json;

    /** Empty until somebody asks. */
    private volatile Map<String, Question> byKey = Map.of();

    HumanTasks(
            ObjectProvider<Question> tasks,
            ObjectProvider<ChangeLinks> links,
            ObjectProvider<PolicyLinks> policies,
            People people,
            Duties duties,
            ObjectProvider<Notifications> notifications,
            ObjectProvider<TaskService> engine,
            ObjectProvider<Clock> clock,
            ObjectMapper json) {
        this.tasks = tasks;
        this.links = links;
        this.policies = policies;
        this.people = people;
        this.duties = duties;
        this.notifications = notifications;
        this.engine = engine;
        this.clock = clock;
        this.json = json;
    }

    /** By task definition key. */
    public Map<String, Question> byKey() {
        var known = byKey;
        if (known.isEmpty()) {
            known = tasks.stream().collect(Collectors.toUnmodifiableMap(Question::key, Function.identity()));
            byKey = known;
        }
        return known;
    }

    /** A task has appeared: summary for the form, room for the answers, mail for whom it concerns. */
    public void appeared(DelegateTask task) {
        var matter = of(task);
        show(matter, task);
        var described = matter.described();
        // On the card in Tasklist's list, where one vote looks like another otherwise.
        task.setVariableLocal(TITLE, described.get("id") + " " + described.get("title"));
        // Answers are declared here so that what a form submits stays in the task and never becomes a process variable.
        var prefilled = matter.prefilled(task);
        for (var field : matter.question().fields()) {
            task.setVariableLocal(field.key(), prefilled.get(field.key()));
        }
        tell(matter.assigned(), "task:" + task.getId(), matter, task);
    }

    /** A task is still waiting: tells the people whose turn it is once more. */
    public void remind(DelegateTask task) {
        var matter = of(task);
        // Once a day: a task may have several reminders.
        var key = "task:%s:%s"
                .formatted(task.getId(), LocalDate.ofInstant(clock.getObject().instant(), ZoneOffset.UTC));
        tell(matter.reminder(), key, matter, task);
    }

    private void tell(String template, String key, Matter matter, DelegateTask task) {
        var model = new HashMap<String, Object>();
        model.put("task", task.getName());
        if (task.getDueDate() != null) {
            model.put("due", task.getDueDate().toInstant());
        }
        model.put(matter.word(), matter.described());
        model.put("link", links.getObject().task(task.getId()));
        var recipients = Recipients.of(whoseTurn(task));
        notifications.getObject().tell(template, matter.change(), recipients, model, null, key);
    }

    /** Shows anew, in the other open tasks of the same kind, what they decide on: somebody has just added to it. */
    void showOthers(DelegateTask done) {
        for (var task : Context.getCommandContext()
                .getTaskManager()
                .findTasksByProcessInstanceId(done.getProcessInstanceId())) {
            if (!task.getId().equals(done.getId())
                    && done.getTaskDefinitionKey().equals(task.getTaskDefinitionKey())) {
                show(of(task), task);
            }
        }
    }

    /** Shows anew, in every open task of a kind, what it decides on: something has been added by another way. */
    public void showAgain(ChangeId change, String key) {
        for (var task : engine.getObject()
                .createTaskQuery()
                .processInstanceBusinessKey(change.value())
                .taskDefinitionKey(key)
                .list()) {
            if (byKey().get(key) instanceof HumanTask human && task instanceof DelegateTask shown) {
                var matter = new OfAChange(human, change, links.getObject().describe(change));
                engine.getObject().setVariableLocal(task.getId(), SUMMARY, summary(matter, shown));
            }
        }
    }

    private void show(Matter matter, DelegateTask task) {
        task.setVariableLocal(SUMMARY, summary(matter, task));
    }

    private JsonValue summary(Matter matter, DelegateTask task) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put(matter.word(), matter.described());
        summary.putAll(matter.summary(task));
        return SpinValues.jsonValue(write(summary)).create();
    }

    /** A person has completed a task: check, take the duty, record. */
    public void completed(DelegateTask task) {
        var matter = of(task);
        var login = signedIn();
        if (login == null) {
            throw Refusal.forbidden("Only a person who has signed in can complete \"" + task.getName() + "\".");
        }
        if (!login.equals(task.getAssignee())) {
            throw Refusal.forbidden(
                    task.getAssignee() == null
                            ? "Claim \"" + task.getName() + "\" before you complete it."
                            : "\"" + task.getName() + "\" is claimed by " + task.getAssignee() + ".");
        }
        if (whoseTurn(task).stream().noneMatch(person -> person.login().equals(login))) {
            throw Refusal.forbidden("You do not belong, now, to a group that may complete \"" + task.getName() + "\".");
        }
        var answers = Answers.of(matter.question().fields(), given(matter.question(), task));
        duties.take(matter.subject(), login, matter.question().duty());
        matter.done(Actor.person(login), answers, task);
    }

    /** Somebody claims a task for themselves: whoever could not complete it is told at once, not after the work. */
    public void claimed(DelegateTask task) {
        var login = signedIn();
        if (login == null || !login.equals(task.getAssignee())) {
            return;
        }
        if (whoseTurn(task).stream().noneMatch(person -> person.login().equals(login))) {
            throw Refusal.forbidden("You do not belong, now, to a group that may complete \"" + task.getName() + "\".");
        }
        var matter = of(task);
        duties.against(matter.subject(), login, matter.question().duty()).ifPresent(sentence -> {
            throw Refusal.forbidden(sentence);
        });
    }

    private Matter of(DelegateTask task) {
        var question = byKey().get(task.getTaskDefinitionKey());
        if (question instanceof HumanTask human) {
            var change = changeOf(task);
            return new OfAChange(human, change, links.getObject().describe(change));
        }
        if (question instanceof PolicyTask policy) {
            var proposal = new ProposalId(subjectOf(task));
            return new OfAPolicy(policy, proposal, policies.getObject().describe(proposal));
        }
        throw new IllegalStateException("no human task for " + task.getTaskDefinitionKey());
    }

    /** People who may complete it now: candidates by name or by group, or else the assignee alone. */
    private List<Person> whoseTurn(DelegateTask task) {
        var logins = task.getCandidates().stream()
                .flatMap(link -> link.getGroupId() == null
                        ? people.person(link.getUserId()).stream()
                        : people.members(link.getGroupId(), subjectOf(task)).stream())
                .collect(Collectors.toMap(Person::login, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        if (logins.isEmpty() && task.getAssignee() != null) {
            people.person(task.getAssignee()).ifPresent(person -> logins.put(person.login(), person));
        }
        return List.copyOf(logins.values());
    }

    /**
     * A form writes into the task, where the answers were declared; "complete" of the engine's API writes past it into
     * the process (seen). What landed there is taken out again, so that no answer outlives its task.
     */
    private static Map<String, @Nullable Object> given(Question question, DelegateTask task) {
        Map<String, @Nullable Object> given = new HashMap<>(task.getVariablesLocal());
        for (var field : question.fields()) {
            var outside = task.getExecution().getVariable(field.key());
            if (outside != null) {
                given.put(field.key(), outside);
                task.getExecution().removeVariable(field.key());
            }
        }
        return given;
    }

    private static @Nullable String signedIn() {
        var authentication = Context.getCommandContext().getAuthentication();
        return authentication == null ? null : authentication.getUserId();
    }

    static ChangeId changeOf(DelegateTask task) {
        return new ChangeId(subjectOf(task));
    }

    private static String subjectOf(DelegateTask task) {
        return task.getExecution().getProcessBusinessKey();
    }

    private String write(Map<String, Object> summary) {
        try {
            return json.writeValueAsString(summary);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a task's summary cannot be written", e);
        }
    }
}
