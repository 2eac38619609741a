package org.patchboard.lifecycle.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cmd.SetJobRetriesCmd;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.VariableMap;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.identity.Team;
import org.patchboard.lifecycle.task.Field;
import org.patchboard.lifecycle.task.HumanTasks;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Stands in front of the engine for everybody who comes from outside: an allow-list of commands, the same for a tester
 * and an administrator. What the house itself does through its own services is not asked. {@link Refusals} stands
 * before it and tells and records what is refused here.
 */
final class Guard extends CommandInterceptor {

    /** What a caller from outside may do with a command. */
    enum Leave {
        /** Looks only; the engine's own authorizations say at what. */
        READ,
        /** For oneself. */
        CLAIM,
        /** One's own, back to nobody. */
        RELEASE,
        /** With the answers that the task asks for and no other variable. */
        COMPLETE,
        /** A job that has failed, once more, by administrators; with a record. */
        RETRY,
        REFUSE
    }

    /** One request from outside. */
    static final class Visit {

        private final String channel;
        private boolean recorded;

        private Visit(String channel) {
            this.channel = channel;
        }

        String channel() {
            return channel;
        }

        /** What was tried in this request and refused is in the trail. */
        void recorded() {
            recorded = true;
        }

        boolean isRecorded() {
            return recorded;
        }
    }

    private static final int MOST_RETRIES = 5;

    private static final ThreadLocal<@Nullable Visit> OUTSIDE = new ThreadLocal<>();

    private static final Map<String, Leave> LEAVES = read();

    private final ObjectProvider<HumanTasks> humanTasks;
    private final ObjectProvider<AuditTrail> audit;

    Guard(ObjectProvider<HumanTasks> humanTasks, ObjectProvider<AuditTrail> audit) {
        this.humanTasks = humanTasks;
        this.audit = audit;
    }

    /** From here on this thread acts for a caller from outside, by the channel named. */
    static void enter(String channel) {
        OUTSIDE.set(new Visit(channel));
    }

    static void leave() {
        OUTSIDE.remove();
    }

    /** The caller this thread acts for; null when it is the house itself. */
    static @Nullable Visit visit() {
        return OUTSIDE.get();
    }

    static Leave leaveOf(Command<?> command) {
        return LEAVES.getOrDefault(command.getClass().getName(), Leave.REFUSE);
    }

    static Map<String, Leave> read() {
        var leaves = new HashMap<String, Leave>();
        try (var lines = new BufferedReader(
                new InputStreamReader(Guard.class.getResourceAsStream("commands.txt"), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                var words = line.split(" ", 2);
                leaves.put(words[1], Leave.valueOf(words[0].toUpperCase(Locale.ROOT)));
            });
        } catch (IOException e) {
            throw new IllegalStateException("the list of commands cannot be read", e);
        }
        return Map.copyOf(leaves);
    }

    @Override
    public <T> T execute(Command<T> command) {
        // A command inside a command is the engine's own or ours; only the outermost comes from outside.
        if (visit() == null || Context.getCommandContext() != null) {
            return next.execute(command);
        }
        return switch (leaveOf(command)) {
            case READ -> next.execute(command);
            case CLAIM -> {
                require(signedIn().equals(value(command, "userId")), "A task is claimed for oneself.");
                yield next.execute(command);
            }
            case RELEASE -> next.execute(releaseOfOnesOwn(command));
            case COMPLETE -> {
                checkAnswers(command);
                yield next.execute(command);
            }
            case RETRY -> next.execute(recordedRetry(command));
            case REFUSE -> throw Refusal.forbidden("This is not done from outside: the process does it, or nobody.");
        };
    }

    /**
     * The engine asks for the right to assign, which would be one to assign anybody; giving back what one holds needs
     * none.
     */
    private <T> Command<T> releaseOfOnesOwn(Command<T> command) {
        require(value(command, "userId") == null, "A task is given back, not given to somebody.");
        var task = task(command);
        if (task == null) {
            return command; // the engine itself says that there is none to see
        }
        require(signedIn().equals(task.getAssignee()), "A task is given back by whoever holds it.");
        return context -> context.runWithoutAuthorization(command);
    }

    private <T> Command<T> recordedRetry(Command<T> command) {
        require(groups().contains(Team.ADMINISTRATORS), "Only an administrator tries a job again.");
        var retry = (SetJobRetriesCmd) command;
        require(Boolean.FALSE.equals(value(retry, "isDueDateSet")), "A job's date is the process's, not yours.");
        require(
                value(retry, "retries") instanceof Integer times && times >= 1 && times <= MOST_RETRIES,
                "A job is tried again one to %d times.".formatted(MOST_RETRIES));
        require(value(retry, "jobIds") == null, "Jobs are tried again one by one.");
        var job = (String) value(retry, "jobId");
        if (job != null) {
            var failed = processEngine()
                            .getManagementService()
                            .createJobQuery()
                            .jobId(job)
                            .noRetriesLeft()
                            .count()
                    > 0;
            require(failed, "Only a job that has failed is tried again.");
        }
        return context -> {
            var done = command.execute(context);
            audit.getObject()
                    .record(
                            "engine",
                            Actor.person(signedIn()),
                            "job-retried",
                            String.valueOf(job == null ? value(retry, "jobDefinitionId") : job),
                            Map.of("retries", String.valueOf(value(retry, "retries"))));
            return done;
        };
    }

    private void checkAnswers(Command<?> command) {
        var task = task(command);
        if (task == null) {
            return; // the engine itself says that there is none to see
        }
        var human = humanTasks.getObject().byKey().get(task.getTaskDefinitionKey());
        Map<String, Field> asked = human == null
                ? Map.of()
                : human.fields().stream().collect(Collectors.toMap(Field::key, Function.identity()));
        var given =
                value(command, command.getClass().getSimpleName().startsWith("Submit") ? "properties" : "variables");
        if (given instanceof Map<?, ?> answers) {
            for (var key : answers.keySet()) {
                var field = asked.get(String.valueOf(key));
                if (field == null) {
                    throw Refusal.forbidden("\"%s\" is not asked for in \"%s\".".formatted(key, task.getName()));
                }
                require(
                        isOfItsKind(field, typeOf(answers, field.key())),
                        "\"%s\" is not answered with a thing of this type.".formatted(key));
            }
        }
    }

    /** Looks at the type only: reading the value of an object would make one of what a stranger has sent. */
    private static String typeOf(Map<?, ?> answers, String key) {
        if (answers instanceof VariableMap variables) {
            var typed = variables.getValueTyped(key);
            return typed == null || typed.getType() == null
                    ? "null"
                    : typed.getType().getName();
        }
        var value = answers.get(key);
        return value == null ? "null" : value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static boolean isOfItsKind(Field field, String type) {
        return switch (type) {
            case "null", "string" -> true; // a form leaves an empty string where nothing was answered
            case "boolean" -> field.kind() == Field.Kind.YES_NO;
            case "integer", "long", "short", "double" -> field.kind() == Field.Kind.NUMBER;
            default -> false;
        };
    }

    private static @Nullable Task task(Command<?> command) {
        return processEngine()
                .getTaskService()
                .createTaskQuery()
                .taskId(String.valueOf(value(command, "taskId")))
                .singleResult();
    }

    private static void require(boolean fulfilled, String sentence) {
        if (!fulfilled) {
            throw Refusal.forbidden(sentence);
        }
    }

    private static ProcessEngine processEngine() {
        return ProcessEngines.getDefaultProcessEngine();
    }

    static String signedIn() {
        var authentication = authentication();
        return authentication == null || authentication.getUserId() == null ? "nobody" : authentication.getUserId();
    }

    private static List<String> groups() {
        var authentication = authentication();
        return authentication == null || authentication.getGroupIds() == null
                ? List.of()
                : authentication.getGroupIds();
    }

    private static @Nullable Authentication authentication() {
        return ((ProcessEngineConfigurationImpl) processEngine().getProcessEngineConfiguration())
                .getIdentityService()
                .getCurrentAuthentication();
    }

    /** The engine offers no other way to see what a command is about; a test holds the names for this version. */
    static @Nullable Object value(Object command, String field) {
        for (Class<?> type = command.getClass(); type != null; type = type.getSuperclass()) {
            try {
                java.lang.reflect.Field found = type.getDeclaredField(field);
                found.setAccessible(true);
                return found.get(command);
            } catch (NoSuchFieldException e) {
                continue;
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(type + " hides " + field, e);
            }
        }
        throw new IllegalStateException(command.getClass() + " has no " + field);
    }
}
