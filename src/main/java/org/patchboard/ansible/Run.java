package org.patchboard.ansible;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.patchboard.shared.AssetId;

/**
 * What became of a playbook.
 *
 * @param events in the order they happened; skipped tasks have none
 * @param inTime whether it came to its end; else it was stopped, and what it had begun on a host may still go on there
 * @param log everything Ansible said, for people
 */
public record Run(List<Event> events, boolean inTime, String log) {

    /** How a task ended on a host. */
    public enum Outcome {
        OK,
        FAILED,
        UNREACHABLE
    }

    /** One task on one host. */
    public record Event(AssetId asset, String task, Outcome outcome, JsonNode result) {

        /** A text of the result; empty when it has none of that name. */
        public String text(String field) {
            return result.path(field).asText("");
        }
    }

    public Run {
        events = List.copyOf(events);
    }

    /** What happened on one host. */
    public List<Event> of(AssetId asset) {
        return events.stream().filter(event -> event.asset().equals(asset)).toList();
    }
}
