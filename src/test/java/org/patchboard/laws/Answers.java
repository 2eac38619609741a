package org.patchboard.laws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.patchboard.lifecycle.model.AfterBreakGlass;
import org.patchboard.lifecycle.model.AssessChange;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.model.EmergencyChange;
import org.patchboard.lifecycle.model.ExceptionInForce;
import org.patchboard.lifecycle.model.ForensicTriage;
import org.patchboard.lifecycle.model.PostImplementationReview;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.lifecycle.model.Rollback;
import org.patchboard.lifecycle.model.ScheduleChange;
import org.patchboard.lifecycle.model.VerifyChange;
import org.patchboard.lifecycle.process.Scene;

/** Answers that people give: mostly those that carry the change on. */
final class Answers {

    private static final String WHY = "because it is so";

    private Answers() {}

    static Map<String, Object> to(String task, Random dice, String digest, Instant now) {
        return new HashMap<>(
                switch (task) {
                    case AssessChange.TRIAGE ->
                        Map.of(
                                "disposition",
                                mostly(dice, 30, "patch", "not-affected"),
                                "vexReason",
                                "component_not_present",
                                "reason",
                                WHY);
                    case PrepareChange.PLAN -> plan(dice);
                    case PrepareChange.BUSINESS_IMPACT, PrepareChange.SECURITY_IMPACT ->
                        Map.of("verdict", mostly(dice, 14, "acceptable", "need-more"), "impact", WHY);
                    case PrepareChange.SIGN_OFF_TEST ->
                        Map.of(
                                "verdict",
                                mostly(dice, 14, "pass", "fail"),
                                "effectiveness",
                                WHY,
                                "sideEffects",
                                "none");
                    case PrepareChange.WAIVE_CONFLICTS -> Map.of("reason", WHY);
                    case ChangeAuthorization.VOTE ->
                        Map.of(
                                "decision",
                                mostly(
                                        dice,
                                        5,
                                        "approve",
                                        pick(dice, "approve-with-conditions", "reject", "abstain", "recuse")),
                                "comment",
                                WHY,
                                "shownDigest",
                                digest);
                    case ScheduleChange.CONFIRM_CONDITIONS -> Map.of("how", WHY);
                    case ScheduleChange.CONSENT_TO_WINDOW ->
                        Map.of("decision", mostly(dice, 5, "consent", "refuse"), "comment", WHY);
                    case ScheduleChange.DECIDE_ON_HOLD ->
                        Map.of(
                                "decision",
                                mostly(dice, 4, "look-again", pick(dice, "next-window", "replan")),
                                "reason",
                                WHY);
                    case RingDeployment.DECIDE_CLOSED_GATE ->
                        Map.of("decision", mostly(dice, 4, "wait", "stop"), "reason", WHY);
                    case RingDeployment.DECIDE_HALTED_RING ->
                        Map.of("decision", mostly(dice, 3, "retry", "roll-back"), "reason", WHY);
                    case RingWork.CARRY_OUT_BY_HAND -> Map.of("outcome", "all-done", "evidence", WHY);
                    case Rollback.UNDO_BY_HAND, Rollback.REPAIR_BY_HAND ->
                        Map.of("outcome", "all-done", "evidence", WHY);
                    case VerifyChange.SIGN_CLOSURE -> Map.of("confirmed", true, "comment", WHY);
                    case VerifyChange.JUDGE_RESIDUAL_HOSTS ->
                        Map.of(
                                "decision",
                                pick(dice, "look-again", "retry", "exception"),
                                "reason",
                                WHY,
                                "control",
                                "cut off");
                    case VerifyChange.ACCEPT_RESIDUAL_RISK ->
                        Map.of("decision", mostly(dice, 4, "accept", "refuse"), "until", day(now), "reason", WHY);
                    case ForensicTriage.SECURE_EVIDENCE -> Map.of("scope", "all", "evidence", WHY, "verdict", "none");
                    case PostImplementationReview.REVIEW_CHANGE ->
                        Map.of("verdict", "sound", "rootCause", WHY, "actions", WHY);
                    case RiskException.GIVE_OPINION ->
                        Map.of("opinion", mostly(dice, 3, "favourable", "unfavourable"), "text", WHY);
                    case RiskException.DECIDE_EXCEPTION ->
                        Map.of("decision", mostly(dice, 3, "accept", "refuse"), "until", day(now), "reason", WHY);
                    case ExceptionInForce.CHECK_CONTROL ->
                        Map.of("holds", mostly(dice, 3, "yes", "no"), "evidence", WHY);
                    case EmergencyChange.BREAK_GLASS -> Map.of("reason", WHY, "incident", "INC-9");
                    case EmergencyChange.CONFIRM_BREAK_GLASS ->
                        Map.of("decision", mostly(dice, 4, "confirm", "refuse"), "comment", WHY);
                    case AfterBreakGlass.JUDGE_GLASS ->
                        Map.of("decision", mostly(dice, 3, "justified", "not-justified"), "text", WHY);
                    case AfterBreakGlass.DECIDE_ROLL_BACK ->
                        Map.of("decision", pick(dice, "keep", "roll-back"), "reason", WHY);
                    default -> throw new IllegalStateException("no answers to " + task);
                });
    }

    /** One answer is missing, empty, of another kind, not among the choices, or was not asked for. */
    static void spoil(Map<String, Object> answers, Random dice) {
        var keys = new ArrayList<>(answers.keySet());
        keys.sort(null);
        var key = pick(dice, keys.toArray(String[]::new));
        switch (dice.nextInt(4)) {
            case 0 -> answers.remove(key);
            case 1 -> answers.put(key, "");
            case 2 -> answers.put(key, "nonsense");
            default -> answers.put(key, 4711L);
        }
    }

    private static Map<String, Object> plan(Random dice) {
        var plan = new HashMap<>(Scene.plan());
        plan.put("reason", "for reason " + dice.nextInt(1000));
        return plan;
    }

    private static String day(Instant now) {
        return now.plus(Duration.ofDays(7)).toString().substring(0, 10);
    }

    private static String mostly(Random dice, int of, String usual, String other) {
        return dice.nextInt(of) == 0 ? other : usual;
    }

    private static String pick(Random dice, String... things) {
        return List.of(things).get(dice.nextInt(things.length));
    }
}
