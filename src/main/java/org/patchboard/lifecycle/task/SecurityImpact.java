package org.patchboard.lifecycle.task;

import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.Impacts;
import org.patchboard.lifecycle.model.PrepareChange;
import org.springframework.stereotype.Component;

/** A security representative states what the change means to security (NIST SP 800-53 CM-4). */
@Component
class SecurityImpact extends StateImpact {

    SecurityImpact(Dossier dossier, Impacts impacts) {
        super(
                dossier,
                impacts,
                Impacts.SECURITY,
                PrepareChange.SECURITY_IMPACT,
                Duty.STATE_SECURITY_IMPACT,
                "State what the change means to security, with the controls it touches.");
    }
}
