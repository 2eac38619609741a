package org.patchboard.schedule;

import org.patchboard.shared.UseCase;

/** Maintenance windows: when changes may be carried out. */
@UseCase
public class Windows extends CalendarKeeper {

    Windows(CalendarTable table) {
        super(table, "window");
    }
}
