package org.patchboard.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Searches windows for time that a change can have. */
@Component
public class Slots {

    /** How far ahead is looked. */
    static final Duration HORIZON = Duration.ofDays(366);

    /** An interval in which the change must not be carried out, and why. */
    record Blocked(Instant start, Instant end, String why) {}

    private final CalendarTable calendar;
    private final Neighbours neighbours;

    Slots(CalendarTable calendar, Neighbours neighbours) {
        this.calendar = calendar;
        this.neighbours = neighbours;
    }

    /**
     * The earliest part of a window that is long enough, outside every freeze that does not permit the class, and not
     * taken by another change on the same assets or their high-availability groups.
     *
     * @param needed the run and the way back
     * @return nothing when there is none within a year
     */
    public Optional<Slot> earliest(ChangeScope scope, Instant from, Duration needed, String changeClass) {
        var to = from.plus(HORIZON);
        var blocked = blocked(scope, from, to, changeClass);
        return windows(scope, from, to).stream()
                .flatMap(window -> free(window, from, blocked).stream())
                .filter(slot -> slot.length().compareTo(needed) >= 0)
                .min(Comparator.comparing(Slot::start));
    }

    /** The first window that opens at or after the moment, whatever stands against it: what a planner has in mind. */
    public Optional<Occurrence> firstWindow(ChangeScope scope, Instant from) {
        return windows(scope, from, from.plus(HORIZON)).stream()
                .filter(window -> !window.start().isBefore(from))
                .findFirst();
    }

    List<Occurrence> windows(ChangeScope scope, Instant from, Instant to) {
        return calendar.windowsFor(scope).stream()
                .flatMap(window -> window.between(from, to).stream())
                .sorted(Comparator.comparing(Occurrence::start))
                .toList();
    }

    /** Freezes that hold for the change and overlap the interval. */
    List<Occurrence> freezes(ChangeScope scope, Instant from, Instant to, String changeClass) {
        return calendar.freezesFor(scope).stream()
                .filter(freeze -> !freeze.permits(changeClass))
                .flatMap(freeze -> freeze.between(from, to).stream())
                .sorted(Comparator.comparing(Occurrence::start))
                .toList();
    }

    private List<Blocked> blocked(ChangeScope scope, Instant from, Instant to, String changeClass) {
        var blocked = new ArrayList<Blocked>();
        freezes(scope, from, to, changeClass)
                .forEach(freeze -> blocked.add(
                        new Blocked(freeze.start(), freeze.end(), freeze.entry().name())));
        neighbours
                .booked(scope, from, to)
                .forEach(other -> blocked.add(
                        new Blocked(other.start(), other.end(), other.change().value())));
        blocked.sort(Comparator.comparing(Blocked::start));
        return blocked;
    }

    /** What is left of a window once the blocked times are cut out. */
    private static List<Slot> free(Occurrence window, Instant from, List<Blocked> blocked) {
        var slots = new ArrayList<Slot>();
        var start = window.start().isBefore(from) ? from : window.start();
        for (var stretch : blocked) {
            if (!stretch.end().isAfter(start)) {
                continue;
            }
            if (!stretch.start().isBefore(window.end())) {
                break;
            }
            if (stretch.start().isAfter(start)) {
                slots.add(slot(window, start, stretch.start()));
            }
            start = stretch.end();
        }
        if (start.isBefore(window.end())) {
            slots.add(slot(window, start, window.end()));
        }
        return slots;
    }

    private static Slot slot(Occurrence window, Instant start, Instant end) {
        var entry = window.entry();
        return new Slot(entry.id(), entry.name(), entry.content().zone(), start, end);
    }
}
