package org.patchboard.lifecycle.engine;

import java.util.HashMap;
import java.util.List;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.notification.Notifications;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** What becomes of a proposal, told to whoever proposed it. */
@Component
class PolicyMail {

    private final Notifications notifications;
    private final People people;
    private final PolicyProposals proposals;
    private final PolicyLinks links;

    PolicyMail(Notifications notifications, People people, PolicyProposals proposals, PolicyLinks links) {
        this.notifications = notifications;
        this.people = people;
        this.proposals = proposals;
        this.links = links;
    }

    /**
     * @param outcome in a few words, for the subject
     * @param why what led to it
     */
    void outcome(ProposalId id, String outcome, String why) {
        tell(people.persons(List.of(proposals.get(id).author())), id, outcome, why);
    }

    /** It is in force: those who approve policies are told too. */
    void inForce(ProposalId id, String why) {
        outcome(id, "In force", why);
        tell(people.members("policy-approver"), id, "In force", why);
    }

    private void tell(List<Person> people, ProposalId id, String outcome, String why) {
        var model = new HashMap<String, Object>();
        model.put("policy", links.describe(id));
        model.put("outcome", outcome);
        model.put("detail", why);
        model.put("link", links.page(id));
        notifications.tell("policy-outcome", null, Recipients.of(people), model, null, id + ":" + outcome);
    }
}
