package org.patchboard.ansible;

import java.util.Map;
import org.patchboard.shared.Host;

/**
 * A host a playbook is run for.
 *
 * @param variables of this host only. Ansible takes braces in a text for a template and carries it out: whoever puts
 *     words from outside in has checked their shape
 */
public record Machine(Host host, Map<String, Object> variables) {

    public Machine {
        variables = Map.copyOf(variables);
    }

    /** Unlike a name of its own choice it is unique, and never one that means something to Ansible. */
    String alias() {
        return host.name() + "_" + host.asset().value();
    }
}
