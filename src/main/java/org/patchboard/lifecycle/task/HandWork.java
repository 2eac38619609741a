package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.patchboard.change.Statements;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.rollout.ManualResults;
import org.patchboard.rollout.RingHost;
import org.patchboard.rollout.Rings;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** What the tasks that a person carries out on hosts have in common. */
@Component
class HandWork {

    private final Rollouts rollouts;
    private final Rings rings;
    private final ManualResults results;
    private final RolloutFacts facts;
    private final Statements statements;

    HandWork(Rollouts rollouts, Rings rings, ManualResults results, RolloutFacts facts, Statements statements) {
        this.rollouts = rollouts;
        this.rings = rings;
        this.results = results;
        this.facts = facts;
        this.statements = statements;
    }

    Map<String, Object> byHand(ChangeId change, int ring, String state) {
        return facts.toDo(change, ring, waiting(change, ring, state), state.equals("backing-out"));
    }

    void reportByHand(ChangeId change, int ring, String state, Answers answers, Actor actor) {
        var waiting = waiting(change, ring, state);
        var failed = failed(waiting, answers);
        for (var host : waiting) {
            results.report(change, host.asset(), !failed.contains(host.asset()), answers.text("evidence"), actor);
        }
        statements.record(
                change,
                rollouts.ring(change, ring).revision(),
                state.equals("backing-out") ? "undone-by-hand" : "carried-out-by-hand",
                answers.text("outcome"),
                answers.text("evidence"),
                actor);
    }

    private List<AssetId> failed(List<RingHost> waiting, Answers answers) {
        if (answers.text("outcome").equals("all-done")) {
            if (!answers.text("failedHosts").isEmpty()) {
                throw Refusal.incomplete("You name hosts that failed; choose \"Some failed\", or name none.");
            }
            return List.of();
        }
        if (answers.text("failedHosts").isEmpty()) {
            throw Refusal.incomplete("Name the hosts that failed, one on each line.");
        }
        return facts.hosts(waiting, answers.text("failedHosts"));
    }

    Map<String, Object> notBack(ChangeId change, int ring) {
        return facts.notBack(change, ring);
    }

    void repaired(ChangeId change, int number, String evidence, Actor actor) {
        var ring = rollouts.ring(change, number);
        rings.hosts(change, ring.revision(), number).stream()
                .filter(host -> host.state().equals("back-out-failed"))
                .forEach(host -> results.repaired(change, ring.revision(), host.asset(), evidence, actor));
        statements.record(change, ring.revision(), "repaired-by-hand", "done", evidence, actor);
    }

    private List<RingHost> waiting(ChangeId change, int number, String state) {
        var ring = rollouts.ring(change, number);
        return rings.hosts(change, ring.revision(), number).stream()
                .filter(host -> host.state().equals(state))
                .toList();
    }
}
