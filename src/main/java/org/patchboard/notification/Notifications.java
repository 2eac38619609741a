package org.patchboard.notification;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;

/** Tells people by mail; the row is written in the caller's transaction and sent after it has committed. */
public interface Notifications {

    /**
     * Writes one outbox row per recipient. The same key twice for a recipient writes nothing: nobody is told twice.
     *
     * @param template file name under {@code templates/mail} without ending: {@code task-assigned}
     * @param model what the template shows; instants are written in the recipient's zone with UTC beside
     * @param invitation calendar part, or null
     * @param key what makes this message the same message, such as {@code task:4711}
     */
    void tell(
            String template,
            @Nullable ChangeId change,
            Collection<Recipient> recipients,
            Map<String, ?> model,
            @Nullable Invitation invitation,
            String key);
}
