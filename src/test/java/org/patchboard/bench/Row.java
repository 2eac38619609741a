package org.patchboard.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One line of a result: work done in a second by the product, a peer and the bare minimum, in one run.
 *
 * @param peer null when there is none
 * @param goal what ours is to be at least, as a share of the limit
 */
record Row(String what, String unit, double ours, @Nullable Double peer, double limit, double goal) {

    /** Units of work in a second, from nanoseconds; whole when they are many. */
    static double rate(long work, long nanos) {
        var rate = work * 1e9 / nanos;
        return rate < 100 ? Math.round(rate * 100) / 100.0 : Math.round(rate);
    }

    @JsonProperty
    @Nullable
    Double ratioToPeer() {
        return peer == null ? null : ratio(ours / peer);
    }

    @JsonProperty
    double ratioToLimit() {
        return ratio(ours / limit);
    }

    private static double ratio(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
