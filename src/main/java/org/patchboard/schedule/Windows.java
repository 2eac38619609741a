package org.patchboard.schedule;

import java.util.List;
import org.patchboard.shared.Actor;
import org.patchboard.shared.UseCase;

/** Maintenance windows: when changes may be carried out. Changing one moves no booking; the pre-flight and the gate look again. */
@UseCase
public class Windows implements CalendarKeeper {

    private static final String KIND = "window";

    private final CalendarTable table;

    Windows(CalendarTable table) {
        this.table = table;
    }

    @Override
    public List<CalendarEntry> all() {
        return table.all(KIND);
    }

    @Override
    public CalendarEntry get(long id) {
        return table.get(KIND, id);
    }

    @Override
    public CalendarEntry add(EntryDraft draft, Actor actor) {
        return table.add(KIND, draft, actor);
    }

    @Override
    public CalendarEntry change(long id, EntryDraft draft, Actor actor) {
        return table.change(KIND, id, draft, actor);
    }

    @Override
    public void remove(long id, Actor actor) {
        table.remove(KIND, id, actor);
    }
}
