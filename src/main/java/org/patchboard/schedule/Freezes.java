package org.patchboard.schedule;

import java.util.List;
import org.patchboard.shared.Actor;
import org.patchboard.shared.UseCase;

/** Freezes: times in which nothing is changed, except by the classes that a freeze permits. */
@UseCase
public class Freezes implements CalendarKeeper {

    private static final String KIND = "freeze";

    private final CalendarTable table;

    Freezes(CalendarTable table) {
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
