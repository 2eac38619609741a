package org.patchboard.notification;

import java.time.Instant;
import java.time.ZoneId;
import net.fortuna.ical4j.model.Calendar;
import net.fortuna.ical4j.model.TimeZoneRegistryFactory;
import net.fortuna.ical4j.model.component.VEvent;
import net.fortuna.ical4j.model.parameter.Cn;
import net.fortuna.ical4j.model.parameter.Rsvp;
import net.fortuna.ical4j.model.property.Attendee;
import net.fortuna.ical4j.model.property.Description;
import net.fortuna.ical4j.model.property.DtStamp;
import net.fortuna.ical4j.model.property.Organizer;
import net.fortuna.ical4j.model.property.ProdId;
import net.fortuna.ical4j.model.property.Sequence;
import net.fortuna.ical4j.model.property.Status;
import net.fortuna.ical4j.model.property.Uid;
import net.fortuna.ical4j.model.property.immutable.ImmutableMethod;
import net.fortuna.ical4j.model.property.immutable.ImmutableStatus;
import net.fortuna.ical4j.model.property.immutable.ImmutableVersion;

/** Writes calendar invitations and cancellations (RFC 5545, RFC 5546 section 3.2). */
final class Invitations {

    private Invitations() {}

    static String calendar(Invitation invitation, Recipient recipient, Instant now) {
        var zone = ZoneId.of(invitation.zone());
        var event = new VEvent(invitation.start().atZone(zone), invitation.end().atZone(zone), invitation.summary());
        event.replace(new DtStamp(now));
        event.add(new Uid(invitation.uid()));
        event.add(new Sequence(invitation.sequence()));
        event.add(new Description(invitation.description()));
        event.add(new Organizer(java.net.URI.create("mailto:patchboard@localhost")));
        var attendee = new Attendee(java.net.URI.create("mailto:" + recipient.mail()));
        attendee.add(new Cn(recipient.name()));
        attendee.add(Rsvp.FALSE);
        event.add(attendee);
        Status status = invitation.cancelled() ? ImmutableStatus.VEVENT_CANCELLED : ImmutableStatus.VEVENT_CONFIRMED;
        event.add(status);

        var calendar = new Calendar();
        calendar.add(new ProdId("-//Patchboard//Patchboard//EN"));
        calendar.add(ImmutableVersion.VERSION_2_0);
        calendar.add(invitation.cancelled() ? ImmutableMethod.CANCEL : ImmutableMethod.REQUEST);
        // The library writes a zone's name on a date; what the name means must travel with it.
        var registry = TimeZoneRegistryFactory.getInstance().createRegistry();
        var known = registry.getTimeZone(invitation.zone());
        if (known != null) {
            calendar.add(known.getVTimeZone());
        }
        calendar.add(event);
        return calendar.toString();
    }
}
