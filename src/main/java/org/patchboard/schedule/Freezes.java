package org.patchboard.schedule;

import java.util.List;
import org.patchboard.shared.Actor;
import org.patchboard.shared.UseCase;

/** Freezes: times in which nothing is changed, except by the classes that a freeze permits. */
@UseCase
public class Freezes {

    private static final String KIND = "freeze";

    private final CalendarTable table;

    Freezes(CalendarTable table) {
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
