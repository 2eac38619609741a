package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.security.Principal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.Team;
import org.patchboard.inventory.MaintenanceGroups;
import org.patchboard.inventory.MaintenanceGroups.MaintenanceGroup;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.web.Roles;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Maintenance groups. Everybody signed in reads them; change managers and administrators keep them. */
@RestController
@RequestMapping("/api/v1/maintenance-groups")
class GroupsApi {

    private static final Set<String> KEEPERS = Set.of("change-manager", Team.ADMINISTRATORS);

    /** @param id lower case, digits and dashes; may be left out where the path says it */
    record GroupBody(
            @Nullable String id,
            @NotNull String name,
            @NotNull String owner,
            @NotNull String zone,
            @NotNull String deployer,
            @NotNull String verifier) {

        MaintenanceGroup named(String id) {
            return new MaintenanceGroup(id, name, owner, zone, deployer, verifier);
        }
    }

    private final MaintenanceGroups groups;
    private final Roles roles;

    GroupsApi(MaintenanceGroups groups, Roles roles) {
        this.groups = groups;
        this.roles = roles;
    }

    @GetMapping
    Slice<MaintenanceGroup> list(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
        Slice.checkBounds(page, size);
        var all = groups.all();
        return new Slice<>(all.stream().skip((long) page * size).limit(size).toList(), page, size, all.size());
    }

    @GetMapping("/{id}")
    MaintenanceGroup one(@PathVariable String id) {
        return groups.get(id);
    }

    /** Adds the group, or changes it. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    MaintenanceGroup add(@RequestBody @Valid GroupBody body, Principal principal) {
        var keeper = keeper(principal);
        if (body.id() == null) {
            throw Refusal.incomplete("id is missing.");
        }
        groups.put(body.named(body.id()), keeper);
        return groups.get(body.id());
    }

    @PutMapping("/{id}")
    MaintenanceGroup change(@PathVariable String id, @RequestBody @Valid GroupBody body, Principal principal) {
        var keeper = keeper(principal);
        if (body.id() != null && !body.id().equals(id)) {
            throw Refusal.incomplete("A group's id never changes; the path says " + id + ".");
        }
        groups.get(id);
        groups.put(body.named(id), keeper);
        return groups.get(id);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String id, Principal principal) {
        groups.remove(id, keeper(principal));
    }

    private Actor keeper(Principal principal) {
        return roles.require(principal, KEEPERS, "Only a change manager or an administrator keeps maintenance groups.");
    }
}
