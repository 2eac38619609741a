package org.patchboard.lifecycle.engine;

import java.util.List;
import java.util.Map;
import org.patchboard.identity.People;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

@Component
class PolicyLinksFromTables implements PolicyLinks {

    private final PolicyProposals proposals;
    private final People people;
    private final String address;

    PolicyLinksFromTables(PolicyProposals proposals, People people, @Value("${patchboard.address}") String address) {
        this.proposals = proposals;
        this.people = people;
        this.address = address;
    }

    @Override
    public Map<String, Object> describe(ProposalId proposal) {
        var described = proposals.get(proposal);
        return Map.of(
                "id", described.id(),
                "title", described.name(),
                "decision", described.decision(),
                "author",
                        people.names(List.of(described.author())).getOrDefault(described.author(), described.author()),
                "reason", described.reason(),
                "state", described.state(),
                "url", page(proposal));
    }

    @Override
    public String page(ProposalId proposal) {
        return address + "/policies/proposals/" + proposal;
    }
}
