package org.patchboard.lifecycle.task;

import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.Impacts;
import org.patchboard.lifecycle.model.PrepareChange;
import org.springframework.stereotype.Component;

/** The owner states what the change means to the business, and consents or asks for more. */
@Component
class BusinessImpact extends StateImpact {

    BusinessImpact(Dossier dossier, Impacts impacts) {
        super(
                dossier,
                impacts,
                Impacts.BUSINESS,
                PrepareChange.BUSINESS_IMPACT,
                Duty.STATE_IMPACT,
                "State what the change means to the business: outage, users, dates.");
    }
}
