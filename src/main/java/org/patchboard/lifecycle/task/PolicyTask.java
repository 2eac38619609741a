package org.patchboard.lifecycle.task;

import java.util.Map;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;

/** A user task about a proposal to change a policy; otherwise like a {@link HumanTask}. */
public interface PolicyTask extends Question {

    /** What the person decides on, shown by the form as {@code summary.…} beside {@code summary.policy.…}. */
    Map<String, Object> summary(ProposalId proposal);

    /**
     * Records the answers in our tables, with an audit row. The person has been checked: signed in, holds the task,
     * belongs to a candidate group now, no conflicting duty.
     *
     * @throws org.patchboard.shared.Refusal when the answers do not fit together
     */
    void done(ProposalId proposal, Actor actor, Answers answers);
}
