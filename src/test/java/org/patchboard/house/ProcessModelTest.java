package org.patchboard.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.Error;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Message;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.patchboard.PatchboardTest;
import org.patchboard.lifecycle.model.ProcessVariable;
import org.patchboard.lifecycle.task.Field;
import org.patchboard.lifecycle.task.HumanTasks;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.web.util.HtmlUtils;

/**
 * Models and code name the same things. Every comparison goes both ways, so that neither can be renamed alone; nothing
 * here names a particular model.
 */
@PatchboardTest
class ProcessModelTest {

    private static final Pattern EXPRESSION = Pattern.compile("[$#]\\{([^}]*)}");
    private static final Pattern QUOTED = Pattern.compile("'[^']*'");
    private static final Pattern CALL = Pattern.compile("\\b([a-z]\\w*)\\.(\\w+)\\(");
    private static final Pattern WORD = Pattern.compile("(?<![.\\w])([a-z]\\w*)(?!\\w|\\()");
    private static final Pattern BEAN = Pattern.compile("\\w+(Delegate|Listener)");
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)+");
    private static final Pattern HINDRANCE = Pattern.compile("new Hindrance\\(\\s*([\\w.]+|\"[A-Z_0-9]+\")");

    /** What the engine itself puts into an expression. */
    private static final Set<String> OF_THE_ENGINE = Set.of(
            "execution",
            "task",
            "loopCounter",
            "nrOfInstances",
            "nrOfActiveInstances",
            "nrOfCompletedInstances",
            "true",
            "false",
            "null",
            "empty",
            "not");

    private static final Map<Path, BpmnModelInstance> MODELS = new java.util.TreeMap<>();
    private static final Map<Path, String> TEXTS = new java.util.TreeMap<>();

    @Autowired
    ApplicationContext context;

    @Autowired
    HumanTasks humanTasks;

    @Autowired
    ObjectMapper json;

    @BeforeAll
    static void readModels() throws IOException {
        try (var files = Files.list(Path.of("processes"))) {
            for (var file :
                    files.filter(path -> path.toString().endsWith(".bpmn")).toList()) {
                MODELS.put(file, Bpmn.readModelFromFile(file.toFile()));
                TEXTS.put(file, Files.readString(file).replaceAll("(?s)<bpmndi:BPMNDiagram.*", ""));
            }
        }
    }

    static Stream<Path> models() throws IOException {
        try (var files = Files.list(Path.of("processes"))) {
            return files.filter(path -> path.toString().endsWith(".bpmn")).sorted().toList().stream();
        }
    }

    private static Process process(Path file) {
        return MODELS.get(file).getModelElementsByType(Process.class).iterator().next();
    }

    /** The constants class whose KEY is the model's. */
    private static Class<?> constants(Path file) {
        var found = constantsClasses().stream()
                .filter(type -> process(file).getId().equals(constant(type, "KEY")))
                .toList();
        assertThat(found)
                .as("constants class with KEY = " + process(file).getId())
                .hasSize(1);
        return found.get(0);
    }

    private static List<Class<?>> constantsClasses() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(
                    org.springframework.beans.factory.annotation.AnnotatedBeanDefinition candidate) {
                return true;
            }
        };
        scanner.addIncludeFilter(
                (reader, factory) -> !reader.getClassMetadata().getClassName().contains("package-info"));
        var types = new ArrayList<Class<?>>();
        scanner.findCandidateComponents("org.patchboard.lifecycle.model").forEach(candidate -> {
            try {
                var type = Class.forName(candidate.getBeanClassName());
                if (!type.isRecord()) {
                    types.add(type);
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        });
        return types;
    }

    private static Object constant(Class<?> type, String name) {
        try {
            return type.getField(name).get(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static <T> Set<T> constants(Class<?> type, Class<T> of) {
        return Arrays.stream(type.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .map(field -> constant(type, field.getName()))
                .filter(of::isInstance)
                .map(of::cast)
                .collect(Collectors.toSet());
    }

    private static Set<String> texts(Class<?> type, Predicate<String> which) {
        return constants(type, String.class).stream().filter(which).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> expressions(Path file) {
        var found = new ArrayList<String>();
        var matcher = EXPRESSION.matcher(HtmlUtils.htmlUnescape(TEXTS.get(file).replace("&apos;", "'")));
        while (matcher.find()) {
            found.add(QUOTED.matcher(matcher.group(1)).replaceAll("''"));
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("models")
    void isNamedAsItsFileAndKeepsItsHistory(Path file) {
        var process = process(file);
        assertThat(file).hasFileName(process.getId() + ".bpmn");
        assertThat(process.isExecutable()).isTrue();
        assertThat(process.getCamundaHistoryTimeToLiveString()).isEqualTo("P3650D");
        assertThat(process.getDocumentations())
                .as("says in a sentence what it is for")
                .isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("models")
    void namesItsElementsAfterTheTrade(Path file) {
        for (var node : MODELS.get(file).getModelElementsByType(FlowNode.class)) {
            assertThat(node.getId()).matches("[A-Z][A-Za-z]+_[A-Z][A-Za-z0-9]*");
        }
        for (var end : MODELS.get(file).getModelElementsByType(EndEvent.class)) {
            assertThat(end.getName()).as("state of the case at " + end.getId()).isNotBlank();
        }
    }

    @Test
    void haveAConstantsClassEachAndNoneWithoutAModel() {
        assertThat(constantsClasses().stream().map(type -> constant(type, "KEY")))
                .containsExactlyInAnyOrderElementsOf(MODELS.keySet().stream()
                        .map(file -> (Object) process(file).getId())
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("models")
    void haveTheMessagesOfTheirConstants(Path file) {
        assertThat(MODELS.get(file).getModelElementsByType(Message.class).stream()
                        .map(Message::getName))
                .containsExactlyInAnyOrderElementsOf(texts(constants(file), text -> text.startsWith("patchboard.")));
    }

    @ParameterizedTest
    @MethodSource("models")
    void haveTheUserTasksOfTheirConstants(Path file) {
        assertThat(MODELS.get(file).getModelElementsByType(UserTask.class).stream()
                        .map(UserTask::getId))
                .containsExactlyInAnyOrderElementsOf(texts(constants(file), text -> text.startsWith("UserTask_")));
    }

    @ParameterizedTest
    @MethodSource("models")
    void haveTheErrorsOfTheirConstants(Path file) {
        assertThat(MODELS.get(file).getModelElementsByType(Error.class).stream().map(Error::getErrorCode))
                .containsExactlyInAnyOrderElementsOf(
                        texts(constants(file), text -> CODE.matcher(text).matches()));
    }

    @ParameterizedTest
    @MethodSource("models")
    void readOnlyVariablesThatTheirConstantsName(Path file) {
        var named = constants(constants(file), ProcessVariable.class).stream()
                .map(ProcessVariable::name)
                .collect(Collectors.toSet());
        var read = new TreeSet<String>();
        for (var expression : expressions(file)) {
            var words = WORD.matcher(expression);
            while (words.find()) {
                var word = words.group(1);
                if (!OF_THE_ENGINE.contains(word)
                        && !context.containsBean(word)
                        && !BEAN.matcher(word).matches()) {
                    read.add(word);
                }
            }
        }
        assertThat(named).containsAll(read);
    }

    @ParameterizedTest
    @MethodSource("models")
    void knowEveryVariableThatTheirConstantsName(Path file) {
        var handedIn = new HashSet<String>();
        var called = Pattern.compile(
                "(?s)<bpmn:callActivity[^>]*calledElement=\"" + process(file).getId() + "\".*?</bpmn:callActivity>");
        var target = Pattern.compile("<camunda:in [^>]*target=\"(\\w+)\"");
        var source = Pattern.compile("<camunda:out [^>]*source=\"(\\w+)\"");
        for (var text : TEXTS.values()) {
            called.matcher(text)
                    .results()
                    .forEach(call -> Stream.of(target, source)
                            .forEach(pattern -> pattern.matcher(call.group())
                                    .results()
                                    .forEach(found -> handedIn.add(found.group(1)))));
        }
        for (var variable : constants(constants(file), ProcessVariable.class)) {
            assertThat(TEXTS.get(file).matches("(?s).*\\b" + variable.name() + "\\b.*")
                            || handedIn.contains(variable.name()))
                    .as("%s in %s", variable.name(), file)
                    .isTrue();
            assertThat(variable.type().getSimpleName()).isIn("String", "Boolean", "Integer", "Long", "Date");
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void callOnlyModelsThatAreThere(Path file) {
        for (var call : MODELS.get(file).getModelElementsByType(CallActivity.class)) {
            assertThat(Path.of("processes", call.getCalledElement() + ".bpmn")).exists();
            assertThat(call.getCamundaCalledElementBinding()).isEqualTo("deployment");
            assertThat(TEXTS.get(file))
                    .containsPattern(
                            "(?s)id=\"" + call.getId() + "\".{0,400}businessKey=\"#\\{execution.processBusinessKey}\"");
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void askOnlyBeansAndMethodsThatAreThere(Path file) {
        var missing = new TreeSet<String>();
        Pattern.compile("delegateExpression=\"\\$\\{(\\w+)}\"")
                .matcher(TEXTS.get(file))
                .results()
                .forEach(found -> {
                    var name = found.group(1);
                    if (!context.containsBean(name)) {
                        missing.add(name);
                    } else {
                        assertThat(context.getBean(name)).isInstanceOfAny(JavaDelegate.class, TaskListener.class);
                    }
                });
        for (var expression : expressions(file)) {
            CALL.matcher(expression)
                    .results()
                    .filter(call -> !OF_THE_ENGINE.contains(call.group(1)))
                    .forEach(call -> {
                        var type = context.containsBean(call.group(1)) ? context.getType(call.group(1)) : null;
                        if (type == null
                                || Arrays.stream(type.getMethods())
                                        .noneMatch(method -> method.getName().equals(call.group(2)))) {
                            missing.add(call.group());
                        }
                    });
        }
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("models")
    void askPeopleByAFormForExactlyWhatTheTaskTakes(Path file) throws IOException {
        for (var task : MODELS.get(file).getModelElementsByType(UserTask.class)) {
            var human = humanTasks.byKey().get(task.getId());
            assertThat(human).as("human task " + task.getId()).isNotNull();
            assertThat(task.getCamundaFormRefBinding()).isEqualTo("deployment");
            assertThat(task.getCamundaDueDate())
                    .as("due date of " + task.getId())
                    .isNotBlank();
            assertThat(Stream.of(
                                    task.getCamundaCandidateGroups(),
                                    task.getCamundaCandidateUsers(),
                                    task.getCamundaAssignee())
                            .filter(whose -> whose != null))
                    .as("whose task is " + task.getId())
                    .isNotEmpty();
            var form = json.readTree(
                    Path.of("forms", task.getCamundaFormRef() + ".form").toFile());
            assertThat(form.path("id").asText()).isEqualTo(task.getCamundaFormRef());
            var asked = new java.util.TreeMap<String, JsonNode>();
            inputs(form, asked);
            assertThat(asked.keySet())
                    .as("what %s asks", task.getCamundaFormRef())
                    .containsExactlyInAnyOrderElementsOf(
                            human.fields().stream().map(Field::key).toList());
            for (var field : human.fields()) {
                if (field.kind() == Field.Kind.CHOICE) {
                    var offered = new ArrayList<String>();
                    asked.get(field.key())
                            .path("values")
                            .forEach(value -> offered.add(value.path("value").asText()));
                    assertThat(offered)
                            .as("choices of %s in %s", field.key(), task.getCamundaFormRef())
                            .containsExactlyInAnyOrderElementsOf(field.choices());
                }
            }
        }
    }

    private static void inputs(JsonNode node, Map<String, JsonNode> into) {
        for (var component : node.path("components")) {
            assertThat(component.path("type").asText())
                    .as("traps of the forms in this Tasklist")
                    .isNotIn("dynamiclist", "select", "iframe");
            if (component.has("key") && !component.path("type").asText().equals("expression")) {
                into.put(component.path("key").asText(), component);
            }
            inputs(component, into);
        }
    }

    @Test
    void everyHumanTaskIsDrawnSomewhereAndEveryFormIsUsed() throws IOException {
        var drawn = MODELS.values().stream()
                .flatMap(model -> model.getModelElementsByType(UserTask.class).stream())
                .toList();
        assertThat(drawn.stream().map(UserTask::getId))
                .containsExactlyInAnyOrderElementsOf(humanTasks.byKey().keySet());
        try (var forms = Files.list(Path.of("forms"))) {
            assertThat(forms.map(form -> form.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(drawn.stream()
                            .map(task -> task.getCamundaFormRef() + ".form")
                            .distinct()
                            .toList());
        }
    }

    @Test
    void theFolderIsDescribedWholly() throws IOException {
        try (var files = Files.list(Path.of("processes"))) {
            assertThat(Files.readString(Path.of("processes/README.md")))
                    .contains(files.map(file -> file.getFileName().toString())
                            .filter(file -> !file.endsWith(".md"))
                            .map(file -> "[" + file.replaceAll("\\.(bpmn|dmn)$", "") + "](" + file + ")")
                            .toList());
        }
    }

    @Test
    void everyHindranceHasItsErrorEventAndEveryErrorEventItsHindrance() throws IOException {
        var codes = new TreeSet<String>();
        MODELS.values()
                .forEach(model ->
                        model.getModelElementsByType(Error.class).forEach(error -> codes.add(error.getErrorCode())));
        var thrown = new TreeSet<String>();
        try (var sources = Files.walk(Path.of("src/main/java"))) {
            for (var source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                HINDRANCE
                        .matcher(Files.readString(source))
                        .results()
                        .forEach(found -> thrown.add(code(found.group(1))));
            }
        }
        assertThat(thrown).isEqualTo(codes);
    }

    /** A literal, or a constant of a model by its last name. */
    private static String code(String argument) {
        if (argument.startsWith("\"")) {
            return argument.substring(1, argument.length() - 1);
        }
        var name = argument.substring(argument.lastIndexOf('.') + 1);
        return constantsClasses().stream()
                .map(type -> constant(type, name))
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .findFirst()
                .orElse("no constant " + argument);
    }
}
