package org.patchboard.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.patchboard.shared.ChangeId;

/**
 * A slot taken for a plan.
 *
 * @param sequence of the calendar invitation; grows with every booking and cancellation of the change
 * @param state {@code booked}, {@code cancelled}, {@code missed} or {@code used}
 */
public record Booking(
        ChangeId change,
        int revision,
        int sequence,
        String windowName,
        String zone,
        Instant start,
        Instant end,
        String state,
        Instant bookedAt) {

    /** Whether it still holds: booked, or being carried out. */
    public boolean isLive() {
        return state.equals("booked") || state.equals("used");
    }

    public boolean isAt(Slot slot) {
        return start.equals(slot.start()) && end.equals(slot.end());
    }

    /** Time left until the window closes; negative afterwards. */
    public Duration left(Instant now) {
        return Duration.between(now, end);
    }

    /** Stays the same over all bookings of the change, so that a calendar moves the event. */
    public String uid() {
        return change.value().toLowerCase(Locale.ROOT) + "@patchboard";
    }
}
