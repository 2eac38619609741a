package org.patchboard.lifecycle.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.Event;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.ParallelGateway;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.TimerEventDefinition;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnEdge;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnShape;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Moments;
import org.springframework.stereotype.Component;

/**
 * Draws a change's processes with the path really taken, as SVG from the model's own diagram: works without a script,
 * in print and for a keyboard. Colours are classes, so that the page decides what dark means.
 */
@Component
public class ProcessPictures {

    /**
     * One process of a change.
     *
     * @param svg drawing; every shape that was reached can be focused and says when
     * @param steps the same as words, for a narrow screen
     */
    public record Picture(String key, String name, String svg, List<Step> steps) {}

    /** @param times how often it was entered */
    public record Step(String name, String state, String when, int times) {}

    private final RepositoryService repository;
    private final HistoryService history;
    private final IdentityService identity;

    ProcessPictures(RepositoryService repository, HistoryService history, IdentityService identity) {
        this.repository = repository;
        this.history = history;
        this.identity = identity;
    }

    /** The newest instance of each process of the change, the main one first. */
    public List<Picture> of(ChangeId change) {
        return of(change.value());
    }

    /** The same for a proposal to change a policy. */
    public List<Picture> of(ProposalId proposal) {
        return of(proposal.value());
    }

    private List<Picture> of(String subject) {
        var authentication = identity.getCurrentAuthentication();
        identity.clearAuthentication();
        try {
            var newest = new LinkedHashMap<String, HistoricProcessInstance>();
            history.createHistoricProcessInstanceQuery()
                    .processInstanceBusinessKey(subject)
                    .orderByProcessInstanceStartTime()
                    .asc()
                    .list()
                    .forEach(instance -> newest.put(instance.getProcessDefinitionKey(), instance));
            return newest.values().stream().map(this::picture).toList();
        } finally {
            if (authentication != null) {
                identity.setAuthentication(authentication);
            }
        }
    }

    private Picture picture(HistoricProcessInstance instance) {
        var model = repository.getBpmnModelInstance(instance.getProcessDefinitionId());
        var path = history.createHistoricActivityInstanceQuery()
                .processInstanceId(instance.getId())
                .orderPartiallyByOccurrence()
                .asc()
                .list();
        return new Picture(
                instance.getProcessDefinitionKey(), instance.getProcessDefinitionName(), svg(model, path), steps(path));
    }

    private static List<Step> steps(List<HistoricActivityInstance> path) {
        var byActivity = path.stream()
                .filter(activity -> activity.getActivityName() != null
                        && !activity.getActivityType().endsWith("Gateway")
                        && !activity.getActivityType().equals("multiInstanceBody"))
                .collect(Collectors.groupingBy(
                        HistoricActivityInstance::getActivityId, LinkedHashMap::new, Collectors.toList()));
        return byActivity.values().stream()
                .map(visits -> {
                    var last = visits.get(visits.size() - 1);
                    return new Step(last.getActivityName(), state(visits), when(last), visits.size());
                })
                .toList();
    }

    private static String state(List<HistoricActivityInstance> visits) {
        var last = visits.get(visits.size() - 1);
        return visits.stream().anyMatch(visit -> visit.getEndTime() == null)
                ? "active"
                : last.isCanceled() ? "cancelled" : "done";
    }

    private static String when(HistoricActivityInstance visit) {
        var from = Moments.utc(visit.getStartTime().toInstant());
        return visit.getEndTime() == null
                ? "since " + from
                : from + " to " + Moments.utc(visit.getEndTime().toInstant());
    }

    private static String svg(BpmnModelInstance model, List<HistoricActivityInstance> path) {
        Map<String, List<HistoricActivityInstance>> visits = path.stream()
                .collect(Collectors.groupingBy(
                        visit -> visit.getActivityId().replace("#multiInstanceBody", ""),
                        LinkedHashMap::new,
                        Collectors.toList()));
        double right = 0;
        double bottom = 0;
        double left = Double.MAX_VALUE;
        double top = Double.MAX_VALUE;
        var drawing = new StringBuilder();
        Set<String> reached = new LinkedHashSet<>(visits.keySet());
        for (var edge : model.getModelElementsByType(BpmnEdge.class)) {
            if (edge.getBpmnElement() instanceof SequenceFlow flow) {
                drawing.append(edge(edge, flow, reached));
                for (var point : edge.getWaypoints()) {
                    top = Math.min(top, point.getY());
                    bottom = Math.max(bottom, point.getY());
                }
            }
        }
        for (var shape : model.getModelElementsByType(BpmnShape.class)) {
            if (shape.getBpmnElement() instanceof FlowElement element) {
                var bounds = shape.getBounds();
                left = Math.min(left, bounds.getX());
                top = Math.min(top, bounds.getY());
                right = Math.max(right, bounds.getX() + bounds.getWidth());
                bottom = Math.max(bottom, bounds.getY() + bounds.getHeight());
                drawing.append(shape(shape, element, visits.getOrDefault(element.getId(), List.of())));
            }
        }
        double margin = 36;
        return "<svg class=\"process\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%s %s %s %s\" role=\"img\" aria-label=\"Path taken\">%s</svg>"
                .formatted(
                        n(left - margin),
                        n(top - margin),
                        n(right - left + 2 * margin),
                        n(bottom - top + 2 * margin + 10),
                        drawing);
    }

    private static String edge(BpmnEdge edge, SequenceFlow flow, Set<String> reached) {
        var taken = reached.contains(flow.getSource().getId())
                && reached.contains(flow.getTarget().getId());
        var points = new ArrayList<>(edge.getWaypoints());
        var line = points.stream().map(p -> n(p.getX()) + "," + n(p.getY())).collect(Collectors.joining(" "));
        var last = points.get(points.size() - 1);
        var before = points.get(points.size() - 2);
        double angle = Math.atan2(last.getY() - before.getY(), last.getX() - before.getX());
        var head = "%s,%s %s,%s %s,%s"
                .formatted(
                        n(last.getX()),
                        n(last.getY()),
                        n(last.getX() - 9 * Math.cos(angle - 0.4)),
                        n(last.getY() - 9 * Math.sin(angle - 0.4)),
                        n(last.getX() - 9 * Math.cos(angle + 0.4)),
                        n(last.getY() - 9 * Math.sin(angle + 0.4)));
        var label = "";
        if (flow.getName() != null
                && edge.getBpmnLabel() != null
                && edge.getBpmnLabel().getBounds() != null) {
            var at = edge.getBpmnLabel().getBounds();
            label = "<text class=\"answer\" x=\"%s\" y=\"%s\">%s</text>"
                    .formatted(n(at.getX()), n(at.getY() + 11), escaped(flow.getName()));
        }
        return "<g class=\"flow%s\"><polyline points=\"%s\"/><polygon points=\"%s\"/>%s</g>"
                .formatted(taken ? " taken" : "", line, head, label);
    }

    private static String shape(BpmnShape shape, FlowElement element, List<HistoricActivityInstance> visits) {
        var bounds = shape.getBounds();
        double x = bounds.getX();
        double y = bounds.getY();
        double w = bounds.getWidth();
        double h = bounds.getHeight();
        var state = visits.isEmpty() ? "" : " " + state(visits);
        var drawing =
                new StringBuilder("<g class=\"node%s\"%s>".formatted(state, visits.isEmpty() ? "" : " tabindex=\"0\""));
        if (!visits.isEmpty()) {
            var times = visits.size() > 1 ? ", " + visits.size() + " times" : "";
            drawing.append("<title>%s: %s%s</title>"
                    .formatted(escaped(name(element)), when(visits.get(visits.size() - 1)), times));
        }
        if (element instanceof Gateway) {
            drawing.append("<polygon points=\"%s,%s %s,%s %s,%s %s,%s\"/>"
                    .formatted(n(x + w / 2), n(y), n(x + w), n(y + h / 2), n(x + w / 2), n(y + h), n(x), n(y + h / 2)));
            drawing.append(mark(x + w / 2, y + h / 2, element instanceof ParallelGateway ? "+" : "×"));
        } else if (element instanceof Event) {
            drawing.append("<circle cx=\"%s\" cy=\"%s\" r=\"%s\"%s/>"
                    .formatted(
                            n(x + w / 2), n(y + h / 2), n(w / 2), element instanceof EndEvent ? " class=\"end\"" : ""));
            if (element instanceof BoundaryEvent || element instanceof CatchEvent) {
                drawing.append(mark(x + w / 2, y + h / 2, symbol((CatchEvent) element)));
            }
        } else if (element instanceof Activity) {
            var call = element instanceof CallActivity
                    ? " class=\"call\""
                    : element instanceof SubProcess ? " class=\"sub\"" : "";
            drawing.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"8\"%s/>"
                    .formatted(n(x), n(y), n(w), n(h), call));
            if (!(element instanceof SubProcess)) {
                drawing.append("<text class=\"kind\" x=\"%s\" y=\"%s\">%s</text>"
                        .formatted(n(x + 7), n(y + 15), kind(element)));
                drawing.append(label(name(element), x + w / 2, y + h / 2, 16));
            }
        }
        if ((element instanceof Gateway || element instanceof Event) && element.getName() != null) {
            var at = shape.getBpmnLabel() == null ? null : shape.getBpmnLabel().getBounds();
            drawing.append(
                    at == null
                            ? label(element.getName(), x + w / 2, y + h + 14, 18)
                            : label(
                                    element.getName(),
                                    at.getX() + at.getWidth() / 2,
                                    at.getY() + at.getHeight() / 2,
                                    18));
        }
        return drawing.append("</g>").toString();
    }

    private static String symbol(CatchEvent event) {
        if (event.getEventDefinitions().isEmpty()) {
            return "";
        }
        return event.getEventDefinitions().iterator().next() instanceof TimerEventDefinition ? "◷" : "✉";
    }

    private static String kind(FlowElement element) {
        if (element instanceof UserTask) {
            return "person";
        }
        if (element instanceof ReceiveTask) {
            return "waits";
        }
        if (element instanceof CallActivity) {
            return "process";
        }
        return element instanceof ServiceTask ? "machine" : "";
    }

    private static String mark(double x, double y, String mark) {
        return "<text class=\"mark\" x=\"%s\" y=\"%s\">%s</text>".formatted(n(x), n(y + 6), mark);
    }

    private static String label(String text, double x, double y, int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : text.split(" ")) {
            if (line.length() > 0 && line.length() + word.length() + 1 > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        var drawn = new StringBuilder();
        double first = y - (lines.size() - 1) * 7 + 4;
        for (int i = 0; i < lines.size(); i++) {
            drawn.append("<text x=\"%s\" y=\"%s\">%s</text>".formatted(n(x), n(first + i * 14), escaped(lines.get(i))));
        }
        return drawn.toString();
    }

    private static String name(FlowElement element) {
        return element.getName() == null ? element.getId() : element.getName();
    }

    private static String n(double number) {
        return number == Math.rint(number) ? Long.toString(Math.round(number)) : "%.1f".formatted(number);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
