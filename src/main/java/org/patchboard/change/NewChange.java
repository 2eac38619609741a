package org.patchboard.change;

import java.util.List;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Refusal;

/**
 * What somebody asks for.
 *
 * @param advisory {@code ecosystem/package}
 * @param cves at least one
 * @param scope hosts with the version each has and must get; at least one
 */
public record NewChange(
        String advisory, List<String> cves, String maintenanceGroup, String title, String reason, List<Scoped> scope) {

    /** A host in scope and what it must end up with. */
    public record Scoped(AssetId asset, String ecosystem, String name, String from, String target) {}

    public NewChange {
        cves = List.copyOf(cves);
        scope = List.copyOf(scope);
        if (title.isBlank() || reason.isBlank()) {
            throw Refusal.incomplete("A change has a title and a reason.");
        }
        if (cves.isEmpty()) {
            throw Refusal.incomplete("A change names at least one CVE or advisory.");
        }
        if (scope.isEmpty()) {
            throw Refusal.incomplete(
                    "No host of " + maintenanceGroup + " has an open finding of this advisory with a known fix.");
        }
    }
}
