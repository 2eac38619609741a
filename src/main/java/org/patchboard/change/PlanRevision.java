package org.patchboard.change;

import java.time.Instant;
import org.patchboard.shared.ChangeId;

/**
 * A plan as it was stored. Revisions are never edited; a change of plan is a new one.
 *
 * @param revision counted from 1
 * @param digest SHA-256 of the canonical JSON (RFC 8785), hex
 * @param author login
 */
public record PlanRevision(ChangeId change, int revision, String digest, Plan plan, String author, Instant at) {}
