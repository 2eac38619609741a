package org.patchboard.lifecycle.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.Team;
import org.patchboard.lifecycle.task.Field;
import org.patchboard.lifecycle.task.HumanTasks;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Stands in front of the engine for everybody who comes from outside: an allow-list of commands, the same for a tester
 * and an administrator. What the house itself does through its own services is not asked.
 */
final class Guard extends CommandInterceptor {

    /** What a caller from outside may do with a command. */
    enum Leave {
        /** Looks only; the engine's own authorizations say at what. */
        READ,
        /** For oneself. */
        CLAIM,
        /** Back to nobody. */
        RELEASE,
        /** With the answers that the task asks for and no other variable. */
        COMPLETE,
        /** By administrators. */
        RETRY,
        REFUSE
    }

    private static final ThreadLocal<@Nullable String> OUTSIDE = new ThreadLocal<>();

    private final Map<String, Leave> leaves = read();
    private final ObjectProvider<HumanTasks> humanTasks;
    private final ObjectProvider<RefusedAttempts> refusedAttempts;

    Guard(ObjectProvider<HumanTasks> humanTasks, ObjectProvider<RefusedAttempts> refusedAttempts) {
        this.humanTasks = humanTasks;
        this.refusedAttempts = refusedAttempts;
    }

    /** From here on this thread acts for a caller from outside, by the channel named. */
    static void enter(String channel) {
        OUTSIDE.set(channel);
    }

    static void leave() {
        OUTSIDE.remove();
    }

    static Map<String, Leave> read() {
        var leaves = new HashMap<String, Leave>();
        try (var lines = new BufferedReader(
                new InputStreamReader(Guard.class.getResourceAsStream("commands.txt"), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                var words = line.split(" ", 2);
                leaves.put(words[1], Leave.valueOf(words[0].toUpperCase(java.util.Locale.ROOT)));
            });
        } catch (IOException e) {
            throw new IllegalStateException("the list of commands cannot be read", e);
        }
        return Map.copyOf(leaves);
    }

    @Override
    public <T> T execute(Command<T> command) {
        var channel = OUTSIDE.get();
        // A command inside a command is the engine's own or ours; only the outermost comes from outside.
        if (channel != null && Context.getCommandContext() == null) {
            check(command, channel);
        }
        return next.execute(command);
    }

    private void check(Command<?> command, String channel) {
        var name = command.getClass().getName();
        var login = signedIn();
        switch (leaves.getOrDefault(name, Leave.REFUSE)) {
            case READ -> {}
            case CLAIM ->
                require(login.equals(value(command, "userId")), name, channel, "A task is claimed for oneself.");
            case RELEASE ->
                require(
                        value(command, "userId") == null,
                        name,
                        channel,
                        "A task is given back, not given to somebody.");
            case COMPLETE -> checkAnswers(command, name, channel);
            case RETRY ->
                require(
                        groups().contains(Team.ADMINISTRATORS),
                        name,
                        channel,
                        "Only an administrator tries a job again.");
            case REFUSE ->
                require(false, name, channel, "This is not done from outside: the process does it, or nobody.");
        }
    }

    private void checkAnswers(Command<?> command, String name, String channel) {
        var task = processEngineConfiguration()
                .getTaskService()
                .createTaskQuery()
                .taskId(String.valueOf(value(command, "taskId")))
                .singleResult();
        if (task == null) {
            return; // the engine itself says that there is none to see
        }
        var human = humanTasks.getObject().byKey().get(task.getTaskDefinitionKey());
        Set<String> asked = human == null
                ? Set.of()
                : human.fields().stream().map(Field::key).collect(Collectors.toSet());
        var given =
                value(command, command.getClass().getSimpleName().startsWith("Submit") ? "properties" : "variables");
        if (given instanceof Map<?, ?> answers) {
            for (var key : answers.keySet()) {
                require(
                        asked.contains(String.valueOf(key)),
                        name,
                        channel,
                        "\"%s\" is not asked for in \"%s\".".formatted(key, task.getName()));
            }
        }
    }

    private void require(boolean fulfilled, String command, String channel, String sentence) {
        if (!fulfilled) {
            refusedAttempts.getObject().record(signedIn(), command, channel, sentence);
            throw new AuthorizationException(sentence);
        }
    }

    private static org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl processEngineConfiguration() {
        return (org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl)
                org.camunda.bpm.engine.ProcessEngines.getDefaultProcessEngine().getProcessEngineConfiguration();
    }

    private static String signedIn() {
        var authentication = processEngineConfiguration().getIdentityService().getCurrentAuthentication();
        return authentication == null || authentication.getUserId() == null ? "nobody" : authentication.getUserId();
    }

    private static java.util.List<String> groups() {
        var authentication = processEngineConfiguration().getIdentityService().getCurrentAuthentication();
        return authentication == null || authentication.getGroupIds() == null
                ? java.util.List.of()
                : authentication.getGroupIds();
    }

    /** The engine offers no other way to see what a command is about; a test holds the names for this version. */
    static @Nullable Object value(Command<?> command, String field) {
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
