package org.patchboard.web.api;

import java.security.Principal;
import java.util.Set;
import org.patchboard.lifecycle.engine.BackTests;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a draft of a policy would have done. */
@RestController
@RequestMapping("/api/v1/policies")
class PoliciesApi {

    private static final Set<String> READERS = Set.of("policy-author", "policy-approver", "auditor", "change-manager");

    private final BackTests backTests;
    private final Roles roles;

    PoliciesApi(BackTests backTests, Roles roles) {
        this.backTests = backTests;
        this.roles = roles;
    }

    /** @param draft the DMN itself */
    @PostMapping("/{decision}/back-test")
    BackTests.Report backTest(@PathVariable String decision, @RequestBody byte[] draft, Principal principal) {
        roles.require(
                principal, READERS, "Policy authors, approvers, change managers and auditors try drafts of policies.");
        return backTests.run(decision, draft);
    }
}
