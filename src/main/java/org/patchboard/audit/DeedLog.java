package org.patchboard.audit;

import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * One line in the log for each deed that is in the trail: for whoever watches logs, never evidence. Written once the
 * deed is committed; a deed that was rolled back never was. What the deed was about stands there by its digest only, so
 * that no secret and no personal detail of a content reaches a log.
 */
final class DeedLog {

    private static final Logger LOG = LoggerFactory.getLogger("org.patchboard.deed");
    private static final int LONGEST = 200;

    private DeedLog() {}

    static void afterCommit(
            Actor actor, String action, String subject, String chain, @Nullable String change, String digest) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                write(actor, action, subject, chain, change, digest);
            }
        });
    }

    /** Key-value pairs for a structured format, the same in the message for a plain one. */
    private static void write(
            Actor actor, String action, String subject, String chain, @Nullable String change, String digest) {
        var of = change == null ? chain : change;
        LOG.atInfo()
                .addKeyValue("event.action", oneLine(action))
                .addKeyValue("user.name", oneLine(actor.name()))
                .addKeyValue("patchboard.actor_kind", actor.isPerson() ? "person" : "system")
                .addKeyValue("patchboard.change", oneLine(change == null ? "" : change))
                .addKeyValue("patchboard.chain", oneLine(chain))
                .addKeyValue("patchboard.subject", oneLine(subject))
                .addKeyValue("patchboard.digest", digest)
                .log(
                        "deed action={} actor=\"{}\" of=\"{}\" subject=\"{}\" digest={}",
                        oneLine(action),
                        oneLine(actor.name()),
                        oneLine(of),
                        oneLine(subject),
                        digest);
    }

    /** What people typed stays within its line and its quotes: no break, no terminal command, no turned text. */
    static String oneLine(String text) {
        var line = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(letter -> {
            var kind = Character.getType(letter);
            if (letter == '"' || letter == '\\') {
                line.append('\'');
            } else if (kind == Character.CONTROL
                    || kind == Character.FORMAT
                    || kind == Character.LINE_SEPARATOR
                    || kind == Character.PARAGRAPH_SEPARATOR
                    || kind == Character.SURROGATE) {
                line.append('?');
            } else {
                line.appendCodePoint(letter);
            }
        });
        return line.toString();
    }
}
