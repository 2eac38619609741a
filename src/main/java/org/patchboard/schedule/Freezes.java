package org.patchboard.schedule;

import org.patchboard.shared.UseCase;

/** Freezes: times in which nothing is changed, except by the classes that a freeze permits. */
@UseCase
public class Freezes extends CalendarKeeper {

    Freezes(CalendarTable table) {
        super(table, "freeze");
    }
}
