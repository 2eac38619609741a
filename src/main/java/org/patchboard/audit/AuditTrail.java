package org.patchboard.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/**
 * The record of what was done. Called in the deed's own transaction: both are kept, or neither. Only this writes
 * {@code audit_entry}.
 */
public interface AuditTrail {

    /**
     * Records a deed on a change, in that change's chain.
     *
     * @param action what was done, kebab case in the past tense: {@code vote-cast}
     * @param subject what it was done to, as people name it
     * @param content facts worth proving; strings, numbers, booleans, instants, lists and maps of them; no secrets
     * @throws IllegalStateException outside a transaction
     */
    void record(ChangeId change, Actor actor, String action, String subject, Map<String, ?> content);

    /**
     * Records a deed that concerns no single change.
     *
     * @param chain what the deed belongs to, such as {@code person:ana} or {@code inventory}
     */
    void record(String chain, Actor actor, String action, String subject, Map<String, ?> content);

    /** Newest row's hash of a change's chain, hex; null when nothing was recorded yet. */
    @Nullable
    String head(ChangeId change);
}
