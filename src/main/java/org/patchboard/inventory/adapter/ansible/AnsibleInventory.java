package org.patchboard.inventory.adapter.ansible;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.patchboard.ansible.Ansible;
import org.patchboard.ansible.Machine;
import org.patchboard.ansible.Playbook;
import org.patchboard.ansible.Run;
import org.patchboard.ansible.Run.Outcome;
import org.patchboard.inventory.spi.HostInventory;
import org.patchboard.shared.Host;
import org.springframework.stereotype.Component;

/**
 * Facts and packages of hosts, gathered by Ansible over SSH, in the shape of a file of its fact cache:
 * {@code ansible_…}, {@code packages}; {@code patchboard_reboot_pending} is ours.
 */
@Component
public class AnsibleInventory implements HostInventory {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Ansible ansible;

    public AnsibleInventory(Ansible ansible) {
        this.ansible = ansible;
    }

    @Override
    public String product() {
        return "ansible";
    }

    @Override
    public Facts gather(List<Host> hosts, Duration patience) {
        var machines = hosts.stream().map(host -> new Machine(host, Map.of())).toList();
        var run = ansible.play(Playbook.GATHER, machines, Map.of(), false, patience);
        var documents = new ArrayList<Document>();
        var unreachable = new ArrayList<String>();
        for (var host : hosts) {
            var events = run.of(host.asset());
            var fault = events.stream()
                    .filter(event -> event.outcome() != Outcome.OK)
                    .findFirst();
            if (fault.isPresent()) {
                unreachable.add(host.name() + ": " + fault.get().text("msg").strip());
            } else if (events.size() == TASKS.size()) {
                documents.add(new Document(host, facts(events)));
            } else {
                unreachable.add(host.name() + ": " + (run.inTime() ? "no answer" : "no answer in time"));
            }
        }
        return new Facts("ansible-facts", documents, unreachable);
    }

    /** Of {@code gather.yml}, in order. */
    private static final List<String> TASKS = List.of("facts", "packages", "restart");

    private static byte[] facts(List<Run.Event> events) {
        var facts = JSON.createObjectNode();
        for (var event : events) {
            if (event.result().path("ansible_facts") instanceof ObjectNode some) {
                facts.setAll(some);
            }
            if (event.result().has("stat")) {
                facts.put(
                        "patchboard_reboot_pending",
                        event.result().path("stat").path("exists").asBoolean());
            }
        }
        try {
            return JSON.writeValueAsBytes(facts);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
