package org.patchboard.lifecycle.engine;

import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/** What owner, security and tester say of the current plan. */
@UseCase
public class Impacts {

    /** A plan goes back to its coordinator so many times; then it goes on and the board sees who still objects. */
    static final int LOOPS = 3;

    private final Changes changes;
    private final Plans plans;
    private final Statements statements;

    Impacts(Changes changes, Plans plans, Statements statements) {
        this.changes = changes;
        this.plans = plans;
        this.statements = statements;
    }

    /** Records an impact statement and says whether, as far as stated, the plan is accepted. */
    public boolean state(ChangeId change, String kind, String verdict, String text, Actor actor) {
        var revision = revision(change);
        statements.record(change, revision, kind, verdict, text, actor);
        var all = statements.of(change);
        var objections = all.stream()
                .filter(s -> s.verdict().equals("need-more") && s.revision() == revision)
                .count();
        var loops = all.stream()
                .filter(s -> s.verdict().equals("need-more") && s.revision() < revision)
                .map(Statements.Statement::revision)
                .distinct()
                .count();
        return objections == 0 || loops >= LOOPS;
    }

    /** Records the tester's verdict and says whether the change goes on. */
    public boolean signOff(ChangeId change, String verdict, String text, Actor actor) {
        statements.record(change, revision(change), "test-sign-off", verdict, text, actor);
        if (changes.get(change).state() == ChangeState.PLANNING) {
            changes.moveTo(change, ChangeState.TESTING, actor);
        }
        return !verdict.equals("fail");
    }

    private int revision(ChangeId change) {
        return plans.current(change)
                .orElseThrow(() -> new IllegalStateException(change + " has no plan"))
                .revision();
    }
}
