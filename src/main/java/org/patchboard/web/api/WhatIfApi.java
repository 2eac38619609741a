package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.security.Principal;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.Team;
import org.patchboard.lifecycle.engine.WhatIf;
import org.patchboard.web.Roles;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What would follow from a freeze, a window or an absence; nothing is changed. For those who plan and decide. */
@RestController
@RequestMapping("/api/v1/what-if")
class WhatIfApi {

    private static final Set<String> PLANNERS =
            Set.of("change-manager", "patch-coordinator", "asset-owner", "cab", "ecab", Team.ADMINISTRATORS);

    record Supposed(
            @Nullable EntryBody freeze,
            @Nullable EntryBody window,
            @Nullable @Valid Away absence) {}

    record Away(
            @NotBlank String person,
            @NotNull Instant from,
            @NotNull Instant to) {

        WhatIf.Absence absence() {
            return new WhatIf.Absence(person, from, to);
        }
    }

    private final WhatIf whatIf;
    private final Roles roles;

    WhatIfApi(WhatIf whatIf, Roles roles) {
        this.whatIf = whatIf;
        this.roles = roles;
    }

    @PostMapping
    WhatIf.Answer ask(@RequestBody @Valid Supposed supposed, Principal principal) {
        var actor = roles.require(principal, PLANNERS, "Those who plan and decide ask what would follow.");
        return whatIf.of(
                supposed.freeze() == null ? null : supposed.freeze().draft(),
                supposed.window() == null ? null : supposed.window().draft(),
                supposed.absence() == null ? null : supposed.absence().absence(),
                actor);
    }
}
