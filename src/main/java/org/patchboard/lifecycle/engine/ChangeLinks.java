package org.patchboard.lifecycle.engine;

import java.util.Map;
import org.patchboard.shared.ChangeId;

/** How a change and a task are named and linked in forms and mail. */
public interface ChangeLinks {

    /** {@code id, title, state, priority, due, url} of a change; absent values are empty strings. */
    Map<String, Object> describe(ChangeId change);

    /** Absolute address of a task in Tasklist. */
    String task(String taskId);

    /** Absolute address of the change's page. */
    String page(ChangeId change);
}
