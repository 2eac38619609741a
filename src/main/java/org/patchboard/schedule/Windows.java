package org.patchboard.schedule;

import java.util.List;
import org.patchboard.shared.Actor;
import org.patchboard.shared.UseCase;

/** Maintenance windows: when changes may be carried out. Changing one moves no booking; the pre-flight and the gate look again. */
@UseCase
public class Windows {

    private static final String KIND = "window";

    private final CalendarTable table;

    Windows(CalendarTable table) {
        this.table = table;
    }

    /** Those in force, by name. */
    public List<CalendarEntry> all() {
        return table.all(KIND);
    }

    /** @throws org.patchboard.shared.Refusal when there is none */
    public CalendarEntry get(long id) {
        return table.get(KIND, id);
    }

    /** @throws org.patchboard.shared.Refusal when its scope names something unknown */
    public CalendarEntry add(EntryDraft draft, Actor actor) {
        return table.add(KIND, draft, actor);
    }

    public CalendarEntry change(long id, EntryDraft draft, Actor actor) {
        return table.change(KIND, id, draft, actor);
    }

    public void remove(long id, Actor actor) {
        table.remove(KIND, id, actor);
    }
}
