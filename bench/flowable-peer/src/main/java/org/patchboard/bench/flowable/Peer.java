package org.patchboard.bench.flowable;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.flowable.common.engine.impl.history.HistoryLevel;
import org.flowable.engine.ProcessEngine;
import org.flowable.engine.RuntimeService;
import org.flowable.engine.TaskService;
import org.flowable.engine.delegate.DelegateExecution;
import org.flowable.engine.delegate.ExecutionListener;
import org.flowable.engine.delegate.JavaDelegate;
import org.flowable.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.flowable.job.api.Job;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * Our models in Flowable, with delegates that only set what a gateway reads, driven as the other engines are. Prints
 * {@code nanos N} for each size, the median of several runs after one that is not counted. Two things Flowable has not:
 * a timer that is a task's listener (eight of the reminders), and a message that a receive task subscribes to (it is
 * triggered instead).
 */
public final class Peer {

    /** As many as the other engines do before anything is counted. */
    private static final int WARM_UP = 60;

    private static final Date LATER = new Date(4_102_444_800_000L);
    private static final Map<String, Map<String, Object>> SETS = Map.of(
            "findConflictsDelegate", Map.of("conflicts", "none"),
            "countVotesDelegate", Map.of("authorization", "approved"),
            "findWindowDelegate", Map.of("scheduling", "found"),
            "preFlightDelegate", Map.of("scheduling", "go"),
            "beginRolloutDelegate", Map.of("ringCount", 2),
            "checkGateDelegate", Map.of("gateOpen", true),
            "recheckRingDelegate", Map.of("rolloutOutcome", "passed"),
            "judgeReviewNeedDelegate", Map.of("reviewNeeded", false));
    private static final Map<String, Map<String, Object>> ANSWERS = Map.of(
            "UserTask_Triage", Map.of("assessment", "patch"),
            "UserTask_Plan", Map.of("impactAccepted", true, "testPassed", true),
            "UserTask_SignClosure", Map.of("verification", "fixed"));
    private static final List<String> MACHINES =
            List.of("ReceiveTask_TestFinished", "ReceiveTask_RingFinished", "ReceiveTask_VerificationFinished");

    private final ProcessEngine engine;
    private final RuntimeService runtime;
    private final TaskService tasks;
    private final int voters;
    private final int votes;
    private int changes;

    private Peer(String url, String user, String password, int voters, int votes) {
        this.voters = voters;
        this.votes = votes;
        var configuration = new StandaloneProcessEngineConfiguration();
        configuration.setJdbcUrl(url);
        configuration.setJdbcUsername(user);
        configuration.setJdbcPassword(password);
        configuration.setJdbcDriver("org.postgresql.Driver");
        configuration.setDatabaseSchemaUpdate("true");
        configuration.setAsyncExecutorActivate(false);
        configuration.setHistoryLevel(HistoryLevel.FULL);
        configuration.setDisableIdmEngine(true);
        configuration.setDisableEventRegistry(true);
        configuration.setBeans(new Beans());
        engine = configuration.buildProcessEngine();
        runtime = engine.getRuntimeService();
        tasks = engine.getTaskService();
    }

    /** Arguments: folder of the models, JDBC address, user, times, voters, votes, sizes with commas between. */
    public static void main(String[] args) throws Exception {
        var peer = new Peer(
                args[1], args[2], System.getenv("PEER_PASSWORD"), Integer.parseInt(args[4]), Integer.parseInt(args[5]));
        peer.deploy(Path.of(args[0]));
        int times = Integer.parseInt(args[3]);
        peer.through(WARM_UP);
        for (var size : args[6].split(",")) {
            int number = Integer.parseInt(size);
            peer.through(number);
            var nanos = new long[times];
            for (int i = 0; i < times; i++) {
                var start = System.nanoTime();
                peer.through(number);
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            System.out.println("nanos " + nanos[times / 2]);
        }
        peer.engine.close();
    }

    private void deploy(Path folder) throws Exception {
        var deployment = engine.getRepositoryService()
                .createDeployment()
                .disableSchemaValidation()
                .disableBpmnValidation();
        try (var models = Files.list(folder)) {
            for (var model :
                    models.filter(file -> file.toString().endsWith(".bpmn")).sorted().toList()) {
                var name = model.getFileName().toString();
                deployment.addString(name + "20.xml", translated(Files.readString(model)));
            }
        }
        deployment.deploy();
    }

    /** The same model in Flowable's words. */
    private static String translated(String model) throws Exception {
        var text = model.replace(
                        "xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\"",
                        "xmlns:flowable=\"http://flowable.org/bpmn\"")
                .replace("camunda:", "flowable:")
                .replace("flowable:asyncBefore=", "flowable:async=")
                .replace("flowable:asyncAfter=", "flowable:asyncLeave=");
        var parser = DocumentBuilderFactory.newInstance();
        parser.setNamespaceAware(true);
        Document document = parser.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
        for (var element : elements(document)) {
            for (var gone :
                    List.of("formRef", "formRefBinding", "calledElementBinding", "historyTimeToLive")) {
                element.removeAttributeNS("http://flowable.org/bpmn", gone);
            }
            var name = element.getLocalName();
            if (name.equals("taskListener")
                    || name.equals("failedJobRetryTimeCycle")
                    || element.getNamespaceURI().contains("/DI")
                    || element.getNamespaceURI().contains("/DC")) {
                element.getParentNode().removeChild(element);
            } else if (name.equals("in") && element.hasAttribute("businessKey")) {
                var call = (Element) element.getParentNode().getParentNode();
                call.setAttributeNS("http://flowable.org/bpmn", "flowable:inheritBusinessKey", "true");
                element.getParentNode().removeChild(element);
            }
        }
        var out = new StringWriter();
        TransformerFactory.newInstance().newTransformer().transform(new DOMSource(document), new StreamResult(out));
        return out.toString();
    }

    private static List<Element> elements(Document document) {
        NodeList all = document.getElementsByTagNameNS("*", "*");
        var elements = new ArrayList<Element>();
        for (int i = 0; i < all.getLength(); i++) {
            Node node = all.item(i);
            elements.add((Element) node);
        }
        return elements;
    }

    private void through(int number) {
        for (int i = 0; i < number; i++) {
            var change = "CHG-" + ++changes;
            runtime.startProcessInstanceByKey("patch-change", change);
            boolean moved;
            do {
                moved = jobs() || tasks() || machines();
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
        var management = engine.getManagementService();
        for (Job timer : management.createTimerJobQuery().executable().list()) {
            management.moveTimerToExecutableJob(timer.getId());
        }
        var due = management.createJobQuery().list();
        due.forEach(job -> management.executeJob(job.getId()));
        return !due.isEmpty();
    }

    private boolean machines() {
        var moved = false;
        for (var machine : MACHINES) {
            var execution =
                    runtime.createExecutionQuery().activityId(machine).singleResult();
            if (execution != null && engine.getManagementService().createJobQuery().count() == 0) {
                runtime.trigger(execution.getId());
                moved = true;
            }
        }
        return moved;
    }

    private boolean tasks() {
        var open = tasks.createTaskQuery().list();
        if (open.isEmpty()) {
            return false;
        }
        var task = open.get(0);
        if (task.getAssignee() == null) {
            tasks.claim(task.getId(), "somebody");
        }
        tasks.complete(task.getId(), ANSWERS.getOrDefault(task.getTaskDefinitionKey(), Map.of()));
        return true;
    }

    /** Whatever bean a model asks for is there. */
    private final class Beans extends AbstractMap<Object, Object> {

        @Override
        public boolean containsKey(Object name) {
            return String.valueOf(name).matches(".*(Delegate|Listener|Clock|Record)|clocks|ballotBox");
        }

        @Override
        public Object get(Object name) {
            return containsKey(name) ? new StandIn(String.valueOf(name)) : null;
        }

        @Override
        public Set<Entry<Object, Object>> entrySet() {
            return Set.of();
        }
    }

    /** Any bean: what the models call of it, with the answers of the straight way. */
    public final class StandIn implements JavaDelegate, ExecutionListener {

        private final String name;

        private StandIn(String name) {
            this.name = name;
        }

        @Override
        public void execute(DelegateExecution execution) {
            SETS.getOrDefault(name, Map.of()).forEach(execution::setVariable);
            if (name.equals("assessDeadlineDelegate")) {
                runtime.startProcessInstanceByKey("deadline-clock", execution.getProcessInstanceBusinessKey());
            }
            if (name.equals("closeAndSealDelegate")) {
                runtime.createExecutionQuery()
                        .processInstanceBusinessKey(execution.getProcessInstanceBusinessKey(), true)
                        .messageEventSubscriptionName("patchboard.changeClosed")
                        .list()
                        .forEach(waiting ->
                                runtime.messageEventReceived("patchboard.changeClosed", waiting.getId()));
            }
        }

        @Override
        public void notify(DelegateExecution execution) {}

        public List<String> voters(DelegateExecution execution) {
            return IntStream.range(0, voters).mapToObj(i -> "voter-" + i).toList();
        }

        public boolean decided(DelegateExecution execution) {
            return ((Number) execution.getVariable("nrOfCompletedInstances")).intValue() >= votes;
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
