package org.patchboard.lifecycle.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.change.Statements.Statement;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/** What owner, security and tester say of the current plan. */
@UseCase
public class Impacts {

    /** A plan goes back to its coordinator so many times; then it goes on and the board sees who still objects. */
    static final int LOOPS = 3;

    static final String PLAN = "plan";
    public static final String BUSINESS = "business-impact";
    public static final String SECURITY = "security-impact";
    private static final Set<String> KINDS = Set.of(BUSINESS, SECURITY);

    private final Changes changes;
    private final Plans plans;
    private final Statements statements;

    Impacts(Changes changes, Plans plans, Statements statements) {
        this.changes = changes;
        this.plans = plans;
        this.statements = statements;
    }

    /**
     * Records an impact statement and says whether, as far as stated, the plan is accepted. With both accepted the change
     * goes to its test.
     */
    public boolean state(ChangeId change, String kind, String verdict, String text, Actor actor) {
        changes.lock(change);
        statements.record(change, revision(change), kind, verdict, text, actor);
        var rounds = rounds(change);
        var round = rounds.get(rounds.size() - 1);
        var accepted = round.stream().noneMatch(Impacts::isObjection)
                || rounds.stream()
                                .filter(each -> each.stream().anyMatch(Impacts::isObjection))
                                .count()
                        > LOOPS;
        if (accepted
                && round.stream()
                        .map(Statement::kind)
                        .collect(Collectors.toSet())
                        .containsAll(KINDS)) {
            changes.moveTo(change, ChangeState.TESTING, actor);
        }
        return accepted;
    }

    private static boolean isObjection(Statement statement) {
        return statement.verdict().equals("need-more");
    }

    /** What owner and security said, once for each time that a plan was handed to them. */
    private List<List<Statement>> rounds(ChangeId change) {
        var rounds = new ArrayList<List<Statement>>();
        rounds.add(new ArrayList<>());
        for (var statement : statements.of(change)) {
            if (statement.kind().equals(PLAN)) {
                rounds.add(new ArrayList<>());
            } else if (KINDS.contains(statement.kind())) {
                rounds.get(rounds.size() - 1).add(statement);
            }
        }
        return rounds;
    }

    /** Records the tester's verdict and says whether the change goes on. */
    public boolean signOff(ChangeId change, String verdict, String text, Actor actor) {
        statements.record(change, revision(change), "test-sign-off", verdict, text, actor);
        return !verdict.equals("fail");
    }

    private int revision(ChangeId change) {
        return plans.current(change)
                .orElseThrow(() -> new IllegalStateException(change + " has no plan"))
                .revision();
    }
}
