package org.patchboard.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import net.fortuna.ical4j.model.Calendar;
import net.fortuna.ical4j.model.DateList;
import net.fortuna.ical4j.model.TimeZoneRegistryFactory;
import net.fortuna.ical4j.model.component.VEvent;
import net.fortuna.ical4j.model.parameter.TzId;
import net.fortuna.ical4j.model.property.Description;
import net.fortuna.ical4j.model.property.DtEnd;
import net.fortuna.ical4j.model.property.DtStamp;
import net.fortuna.ical4j.model.property.DtStart;
import net.fortuna.ical4j.model.property.ExDate;
import net.fortuna.ical4j.model.property.ProdId;
import net.fortuna.ical4j.model.property.RRule;
import net.fortuna.ical4j.model.property.Sequence;
import net.fortuna.ical4j.model.property.Summary;
import net.fortuna.ical4j.model.property.Uid;
import net.fortuna.ical4j.model.property.immutable.ImmutableCalScale;
import net.fortuna.ical4j.model.property.immutable.ImmutableVersion;
import org.springframework.stereotype.Component;

/** Windows, freezes and booked changes as a calendar people subscribe to (RFC 5545). */
@Component
public class CalendarFeed {

    private static final Duration BACK = Duration.ofDays(90);

    private final Windows windows;
    private final Freezes freezes;
    private final Bookings bookings;
    private final Clock clock;

    CalendarFeed(Windows windows, Freezes freezes, Bookings bookings, Clock clock) {
        this.windows = windows;
        this.freezes = freezes;
        this.bookings = bookings;
        this.clock = clock;
    }

    /** The whole calendar, bookings of the last ninety days and the year ahead among it. */
    public String text() {
        var now = clock.instant();
        var calendar = new Calendar();
        calendar.add(new ProdId("-//Patchboard//Calendar//EN"));
        calendar.add(ImmutableVersion.VERSION_2_0);
        calendar.add(ImmutableCalScale.GREGORIAN);
        var zones = new LinkedHashSet<String>();
        for (var entries : List.of(windows.all(), freezes.all())) {
            for (var entry : entries) {
                calendar.add(event(entry, now));
                zones.add(entry.content().zone());
            }
        }
        for (var booking : bookings.between(now.minus(BACK), now.plus(Slots.HORIZON))) {
            calendar.add(event(booking, now));
            zones.add(booking.zone());
        }
        var registry = TimeZoneRegistryFactory.getInstance().createRegistry();
        for (var zone : zones) {
            var known = registry.getTimeZone(zone);
            if (known != null) {
                calendar.add(known.getVTimeZone());
            }
        }
        return calendar.toString();
    }

    private static VEvent event(CalendarEntry entry, Instant now) {
        var content = entry.content();
        var event = new VEvent(false);
        event.add(new DtStamp(now));
        event.add(new Uid("%s-%d@patchboard".formatted(entry.kind(), entry.id())));
        event.add(new Summary("%s: %s".formatted(entry.kind().equals("window") ? "Window" : "Freeze", content.name())));
        event.add(new Description("For %s%s"
                .formatted(
                        content.scope(),
                        content.permits().isEmpty() ? "" : "; permits " + String.join(", ", content.permits()))));
        event.add(new DtStart<>(content.start().atZone(entry.zone())));
        event.add(new DtEnd<>(content.start().plus(content.duration()).atZone(entry.zone())));
        if (content.rrule() != null) {
            event.add(new RRule<LocalDateTime>(content.rrule()));
        }
        if (!content.exdates().isEmpty()) {
            var left = new ExDate<>(new DateList<>(content.exdates().stream()
                    .map(start -> start.atZone(entry.zone()))
                    .toList()));
            left.add(new TzId(content.zone()));
            event.add(left);
        }
        return event;
    }

    private static VEvent event(Booking booking, Instant now) {
        var zone = ZoneId.of(booking.zone());
        var event = new VEvent(false);
        event.add(new DtStamp(now));
        event.add(new Uid(booking.uid()));
        event.add(new Sequence(booking.sequence()));
        event.add(new Summary(booking.change() + " in " + booking.windowName()));
        event.add(new DtStart<>(booking.start().atZone(zone)));
        event.add(new DtEnd<>(booking.end().atZone(zone)));
        return event;
    }
}
