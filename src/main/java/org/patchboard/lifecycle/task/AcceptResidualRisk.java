package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.Statements;
import org.patchboard.exception.RiskExceptions;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.model.VerifyChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** "Accept residual risk": the owner of the risk carries it until a date, or does not. */
@Component
class AcceptResidualRisk implements HumanTask {

    private final RiskExceptions exceptions;
    private final RolloutFacts facts;
    private final RolloutPlans plans;
    private final Statements statements;
    private final ExceptionProcesses processes;

    AcceptResidualRisk(
            RiskExceptions exceptions,
            RolloutFacts facts,
            RolloutPlans plans,
            Statements statements,
            ExceptionProcesses processes) {
        this.exceptions = exceptions;
        this.facts = facts;
        this.plans = plans;
        this.statements = statements;
        this.processes = processes;
    }

    @Override
    public String key() {
        return VerifyChange.ACCEPT_RESIDUAL_RISK;
    }

    @Override
    public Duty duty() {
        return Duty.ACCEPT_RISK;
    }

    @Override
    public List<Field> fields() {
        return DecideException.FIELDS;
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.residualRisk(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        var request = exceptions
                .open(change)
                .orElseThrow(() -> Refusal.conflict("Nobody asks for an exception of this change any more."));
        var accepted = answers.text("decision").equals("accept");
        if (accepted) {
            exceptions.accept(request, "risk-acceptance", facts.endOfDay(answers.text("until")), actor);
            processes.watch(change, request.id());
            VerifyChange.VERIFICATION.set(task.getExecution(), VerifyChange.EXCEPTED);
        } else {
            exceptions.refuse(request, answers.text("reason"), actor);
        }
        VerifyChange.RISK_ACCEPTED.set(task.getExecution(), accepted);
        statements.record(
                change,
                plans.newestRevision(change),
                "residual-risk",
                answers.text("decision"),
                answers.text("reason"),
                actor);
    }
}
