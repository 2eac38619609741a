package org.patchboard.lifecycle.engine;

import java.util.Map;
import org.patchboard.audit.CheckpointMade;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.notification.Notifications;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Sends each checkpoint to the auditors: what lies in their mailboxes cannot be rewritten together with the trail, not
 * even by who holds database and key.
 */
@Component
class CheckpointMail {

    private final People people;
    private final Notifications notifications;
    private final String address;

    CheckpointMail(People people, Notifications notifications, @Value("${patchboard.address}") String address) {
        this.people = people;
        this.notifications = notifications;
        this.address = address;
    }

    @EventListener
    void on(CheckpointMade event) {
        var checkpoint = event.checkpoint();
        notifications.tell(
                "checkpoint",
                null,
                Recipients.of(people.members(Team.AUDITORS)),
                Map.of(
                        "number", checkpoint.number(),
                        "signedAt", checkpoint.at(),
                        "entries", checkpoint.entries(),
                        "digest", checkpoint.digest(),
                        "signature", checkpoint.signature(),
                        "remedy",
                                "Keep this message, and the file if you can: they show whether the trail was rewritten"
                                        + " since. The SHA-256 is that of the file's first line without its line end.",
                        "link", address + "/api/v1/audit/checkpoints/" + checkpoint.number()),
                null,
                "checkpoint:" + checkpoint.number());
    }
}
