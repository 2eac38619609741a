package org.patchboard.notification;

import java.time.Instant;

/**
 * A calendar invitation that goes with a mail (RFC 5546).
 *
 * @param uid stays the same over the life of the booking
 * @param sequence grows with every change of it
 * @param cancelled {@code METHOD:CANCEL} instead of {@code METHOD:REQUEST}
 * @param zone IANA zone the window is thought in
 */
public record Invitation(
        String uid,
        int sequence,
        boolean cancelled,
        String summary,
        String description,
        Instant start,
        Instant end,
        String zone) {}
