package org.patchboard.lifecycle.engine;

import java.util.Map;
import org.patchboard.risk.ProposalId;

/** How a proposal to change a policy is named and linked in forms and mail. */
public interface PolicyLinks {

    /** {@code id, title, decision, author, reason, state, url} of a proposal. */
    Map<String, Object> describe(ProposalId proposal);

    /** Absolute address of the proposal's page. */
    String page(ProposalId proposal);
}
