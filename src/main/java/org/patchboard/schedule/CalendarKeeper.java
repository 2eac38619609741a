package org.patchboard.schedule;

import java.util.List;
import org.patchboard.shared.Actor;

/** Keeps one kind of calendar entry: {@link Windows} or {@link Freezes}. */
public interface CalendarKeeper {

    /** Those in force, by name. */
    List<CalendarEntry> all();

    /** @throws org.patchboard.shared.Refusal when there is none */
    CalendarEntry get(long id);

    /** @throws org.patchboard.shared.Refusal when its scope names something unknown */
    CalendarEntry add(EntryDraft draft, Actor actor);

    /** @throws org.patchboard.shared.Refusal when there is none, or its scope names something unknown */
    CalendarEntry change(long id, EntryDraft draft, Actor actor);

    /** @throws org.patchboard.shared.Refusal when there is none */
    void remove(long id, Actor actor);
}
