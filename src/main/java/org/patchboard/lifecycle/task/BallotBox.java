package org.patchboard.lifecycle.task;

import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.lifecycle.engine.Authorizations;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** What the model asks of the ballot: who votes, until when, and whether it is decided. Reads rows, never variables. */
@VisibleToModels
@Component("ballotBox")
public class BallotBox {

    private static final int EMERGENCY_HOURS = 4;

    private final Authorizations authorizations;

    BallotBox(Authorizations authorizations) {
        this.authorizations = authorizations;
    }

    /** Logins of those invited; fixed when the ballot was opened. */
    public List<String> voters(DelegateExecution execution) {
        return authorizations.latest(changeOf(execution)).eligible();
    }

    public boolean decided(DelegateExecution execution) {
        return !authorizations.latest(changeOf(execution)).isOpen();
    }

    public Date deadline(DelegateExecution execution) {
        return Date.from(authorizations.latest(changeOf(execution)).deadline());
    }

    /** After 24 and 48 hours; three times a quarter of an hour when the board has only hours. */
    public String reminders(DelegateExecution execution) {
        var ballot = authorizations.latest(changeOf(execution));
        var hours = Duration.between(ballot.openedAt(), ballot.deadline()).toHours();
        return hours <= EMERGENCY_HOURS ? "R3/PT15M" : "R2/PT24H";
    }

    private static ChangeId changeOf(DelegateExecution execution) {
        return new ChangeId(execution.getProcessBusinessKey());
    }
}
