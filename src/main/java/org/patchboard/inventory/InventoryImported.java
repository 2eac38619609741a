package org.patchboard.inventory;

import java.time.Instant;

/**
 * Assets or what is installed on them may be others now. Told in the import's transaction.
 *
 * @param at the import's instant: {@code asset.packages_at} of what it brought packages for
 */
public record InventoryImported(Instant at) {}
