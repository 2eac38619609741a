package org.patchboard.schedule;

import java.util.List;
import java.util.Optional;
import org.patchboard.shared.Actor;
import org.patchboard.shared.UseCase;

/**
 * Keeps one kind of calendar entry: {@link Windows} or {@link Freezes}. Changing one moves no booking; the pre-flight and
 * the gate look again.
 */
@UseCase
public abstract class CalendarKeeper {

    private final CalendarTable table;
    private final String kind;

    CalendarKeeper(CalendarTable table, String kind) {
        this.table = table;
        this.kind = kind;
    }

    /** Those in force, by name. */
    public List<CalendarEntry> all() {
        return table.all(kind);
    }

    /** @throws org.patchboard.shared.Refusal when there is none */
    public CalendarEntry get(long id) {
        return table.get(kind, id);
    }

    /** @throws org.patchboard.shared.Refusal when its scope names something unknown */
    public CalendarEntry add(EntryDraft draft, Actor actor) {
        return table.add(kind, draft, actor);
    }

    /** @throws org.patchboard.shared.Refusal when there is none, or its scope names something unknown */
    public CalendarEntry change(long id, EntryDraft draft, Actor actor) {
        return table.change(kind, id, draft, actor);
    }

    /** @throws org.patchboard.shared.Refusal when there is none */
    public void remove(long id, Actor actor) {
        table.remove(kind, id, actor);
    }

    /**
     * From now on nothing of it begins. What happens once is cut short when it has begun; what recurs keeps its past, and
     * an occurrence that runs comes to its end; what has not begun is removed.
     *
     * @return what is left of it, empty when it was removed
     * @throws org.patchboard.shared.Refusal when there is none, or nothing of it was to begin any more
     */
    public Optional<CalendarEntry> end(long id, Actor actor) {
        return table.end(kind, id, actor);
    }
}
