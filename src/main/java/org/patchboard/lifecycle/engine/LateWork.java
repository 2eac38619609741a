package org.patchboard.lifecycle.engine;

import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/** Tells people that work on a change is late; once for each process that has noticed it. */
@UseCase
public class LateWork {

    private final RolloutMail mail;

    LateWork(RolloutMail mail) {
        this.mail = mail;
    }

    public void verification(ChangeId change, String process) {
        mail.verificationLate(change, process);
    }

    public void review(ChangeId change, String process) {
        mail.reviewLate(change, process);
    }
}
