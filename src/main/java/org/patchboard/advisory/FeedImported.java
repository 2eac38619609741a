package org.patchboard.advisory;

import java.time.Instant;

/**
 * What the world says about some CVEs is another now. Told in the import's transaction.
 *
 * @param at the import's instant: {@code changed_at} of the rows that are others
 */
public record FeedImported(String feed, Instant at) {}
