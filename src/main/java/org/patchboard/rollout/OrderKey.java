package org.patchboard.rollout;

import java.util.Locale;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.ChangeId;

/**
 * Names one order of one batch of a ring's hosts, in the queue and to the deployer; never reused.
 *
 * @param batch counted from 1
 * @param attempt grows each time the ring is ordered, from 1
 */
record OrderKey(ChangeId change, int revision, int ring, Action action, int batch, int attempt) {

    static OrderKey parse(String key) {
        var parts = key.split(":", -1);
        return new OrderKey(
                new ChangeId(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                action(parts[3]),
                Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5]));
    }

    /** As tables spell it: {@code back-out}. */
    static String column(Action action) {
        return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Action action(String column) {
        return Action.valueOf(column.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    @Override
    public String toString() {
        return "%s:%d:%d:%s:%d:%d".formatted(change, revision, ring, column(action), batch, attempt);
    }
}
