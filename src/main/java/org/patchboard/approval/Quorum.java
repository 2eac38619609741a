package org.patchboard.approval;

import java.util.List;

/**
 * What an approval takes.
 *
 * @param minimum approvals needed, at least 1
 * @param requiredTeams groups that must be among the approvers
 * @param vetoTeams groups whose rejection refuses
 */
public record Quorum(int minimum, List<String> requiredTeams, List<String> vetoTeams) {

    public Quorum {
        requiredTeams = List.copyOf(requiredTeams);
        vetoTeams = List.copyOf(vetoTeams);
        if (minimum < 1) {
            throw new IllegalArgumentException("nothing is approved by nobody");
        }
    }
}
