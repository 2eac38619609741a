package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.PolicyChange;
import org.patchboard.risk.NewPolicyProposal;
import org.patchboard.risk.PolicyProposal;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Hindrance;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;

/**
 * Carries a new version of a decision table from the proposal to being in force: tested, tried on history, approved by
 * another human being, deployed by the house.
 */
@UseCase
public class PolicyProcesses {

    private static final String AUTHORS = "policy-author";
    private static final Duration DECISION = Duration.ofDays(7);

    private final PolicyProposals proposals;
    private final DecisionTables tables;
    private final BackTests backTests;
    private final ModelDeployer deployer;
    private final PolicySettlement settlement;
    private final PolicyMail mail;
    private final Duties duties;
    private final People people;
    private final RuntimeService engine;
    private final AsTheHouse house;
    private final Clock clock;

    PolicyProcesses(
            PolicyProposals proposals,
            DecisionTables tables,
            BackTests backTests,
            ModelDeployer deployer,
            PolicySettlement settlement,
            PolicyMail mail,
            Duties duties,
            People people,
            RuntimeService engine,
            AsTheHouse house,
            Clock clock) {
        this.proposals = proposals;
        this.tables = tables;
        this.backTests = backTests;
        this.deployer = deployer;
        this.settlement = settlement;
        this.mail = mail;
        this.duties = duties;
        this.people = people;
        this.engine = engine;
        this.house = house;
        this.clock = clock;
    }

    /**
     * Proposes a table: the record and its process in one transaction.
     *
     * @param dmn the whole table
     * @param openChanges {@code pin}, {@code re-evaluate} or {@code re-approve}
     * @throws MalformedInput when it is no decision table of ours
     * @throws Refusal when the person may not, something is missing, or another proposal for the table is open
     */
    public ProposalId propose(String decision, byte[] dmn, String reason, String openChanges, Actor author) {
        if (!people.isMember(author.name(), AUTHORS)) {
            throw Refusal.forbidden("Policy authors propose policies.");
        }
        var base = tables.current(decision);
        backTests.refuseMalformed(decision, dmn);
        var id = proposals.propose(
                new NewPolicyProposal(
                        decision, base.name(), dmn, reason.strip(), openChanges, base.version(), base.digest()),
                author);
        duties.take(id.value(), author.name(), Duty.PROPOSE_POLICY);
        house.run(() -> engine.startProcessInstanceByKey(PolicyChange.KEY, id.value()));
        return id;
    }

    /** Tests it, and when it is sound tries it on history; what is found is kept with it. */
    public void test(ProposalId id) {
        var proposal = proposals.get(id);
        if (!proposal.state().equals("proposed")) {
            return; // withdrawn before its turn came
        }
        var dmn = proposals.dmn(id);
        var soundness = backTests.test(proposal.decision(), dmn);
        var history = backTests.history(proposal.decision(), dmn);
        var problems = Stream.concat(soundness.problems().stream(), history.problems().stream())
                .toList();
        proposals.tested(id, soundness.combinations(), problems);
        if (!problems.isEmpty()) {
            mail.outcome(id, "Not sound", String.join("\n", problems));
            return;
        }
        var rows = tables.read(dmn, 0, Instant.EPOCH).rows().stream()
                .collect(Collectors.toMap(DecisionTables.Row::id, DecisionTables.Row::description, (a, b) -> a));
        proposals.tried(
                id,
                history.receipts(),
                history.differences().stream()
                        .map(difference -> new PolicyProposals.Difference(
                                difference.change(),
                                UUID.fromString(difference.receipt()),
                                difference.inputs(),
                                difference.before(),
                                difference.after(),
                                difference.rules().stream()
                                        .map(rule -> rows.getOrDefault(rule, rule))
                                        .collect(Collectors.joining("; "))))
                        .toList(),
                clock.instant().plus(DECISION));
    }

    /** Another human being decides; who may has been checked by the task. */
    public void decide(ProposalId id, boolean approved, String comment, Actor actor) {
        if (!approved) {
            if (comment.isBlank()) {
                throw Refusal.incomplete("Say why the policy is refused.");
            }
            proposals.refuse(id, comment, actor);
            mail.outcome(id, "Refused", comment);
            return;
        }
        whyOutdated(proposals.get(id)).ifPresent(why -> {
            throw Refusal.conflict(why + " It can only be refused; its author proposes it anew.");
        });
        proposals.approve(id, comment, actor);
    }

    /** Nobody decided: silence is no consent. */
    public void refuseForSilence(ProposalId id) {
        proposals.refuseForSilence(id);
        mail.outcome(id, "Refused: nobody decided in time", proposals.get(id).comment());
    }

    /**
     * The author takes it back, and those who were asked to decide are asked no longer.
     *
     * @throws Refusal when somebody else does, or it has been decided on
     */
    public void withdraw(ProposalId id, String why, Actor actor) {
        proposals.withdraw(id, why, actor);
        house.run(() -> engine.createMessageCorrelation(PolicyChange.WITHDRAWN)
                .processInstanceBusinessKey(id.value())
                .correlateAll());
    }

    /**
     * Puts it in force, and with it what becomes of open changes.
     *
     * @throws Hindrance when the table has changed since the proposal was written
     */
    public void publish(ProposalId id) {
        var proposal = proposals.get(id);
        whyOutdated(proposal).ifPresent(why -> {
            throw new Hindrance(PolicyChange.OUTDATED, why);
        });
        house.run(() -> proposals.published(id, deployer.deploy(proposal.decision(), proposals.dmn(id))));
        var now = proposals.get(id);
        mail.inForce(
                id,
                "Version %d since now, approved by %s; open changes: %s."
                        .formatted(now.version(), now.decidedBy(), now.openChanges()));
    }

    /** The table has changed since it was written; its author proposes it anew, if it is still wanted. */
    public void setAside(ProposalId id) {
        var why = whyOutdated(proposals.get(id)).orElse("The table has changed meanwhile.");
        proposals.outdated(id, why);
        mail.outcome(id, "Outdated", why);
    }

    /** Every change that is open gets what the proposal says, each in its own time and on its own record. */
    public void settle(ProposalId id) {
        settlement.schedule(id);
    }

    private Optional<String> whyOutdated(PolicyProposal proposal) {
        var current = tables.current(proposal.decision());
        return current.digest().equals(proposal.baseDigest())
                ? Optional.empty()
                : Optional.of("\"%s\" has changed: %s was written against version %d, and version %d is in force."
                        .formatted(proposal.name(), proposal.id(), proposal.baseVersion(), current.version()));
    }
}
