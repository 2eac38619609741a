package org.patchboard.web;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.CalendarFeed;
import org.patchboard.schedule.Freezes;
import org.patchboard.schedule.Windows;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** When something may be changed, when nothing may, and what is booked: a month in the reader's zone. */
@Controller
class CalendarPages implements Page {

    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);
    private static final int DAYS = 7;

    private final Windows windows;
    private final Freezes freezes;
    private final Bookings bookings;
    private final CalendarFeed feed;
    private final Clock clock;

    CalendarPages(Windows windows, Freezes freezes, Bookings bookings, CalendarFeed feed, Clock clock) {
        this.windows = windows;
        this.freezes = freezes;
        this.bookings = bookings;
        this.feed = feed;
        this.clock = clock;
    }

    /**
     * Something on a day.
     *
     * @param kind {@code booking}, {@code freeze} or {@code window}
     * @param hours from and until, in the reader's zone
     * @param href page about it, or null
     */
    record Event(
            String kind,
            Instant start,
            String hours,
            String name,
            String detail,
            @Nullable String href) {}

    record Day(LocalDate date, boolean inMonth, boolean today, List<Event> booked, List<Event> open) {}

    @GetMapping("/calendar")
    String calendar(
            Model model,
            @ModelAttribute("times") Times times,
            @ModelAttribute("groups") List<String> groups,
            @RequestParam(required = false) @DateTimeFormat(pattern = "yyyy-MM") @Nullable YearMonth month) {
        var zone = times.zone();
        var today = LocalDate.ofInstant(clock.instant(), zone);
        var shown = month == null ? YearMonth.from(today) : month;
        var first = shown.atDay(1).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        var last = shown.atEndOfMonth().with(TemporalAdjusters.nextOrSame(DayOfWeek.SUNDAY));
        var events = events(first, last, zone);
        var weeks = new ArrayList<List<Day>>();
        for (var monday = first; !monday.isAfter(last); monday = monday.plusDays(DAYS)) {
            weeks.add(monday.datesUntil(monday.plusDays(DAYS))
                    .map(date -> day(date, shown, today, events.getOrDefault(date, List.of())))
                    .toList());
        }
        model.addAttribute("weeks", weeks);
        model.addAttribute("month", shown);
        model.addAttribute("zone", zone.getId());
        model.addAttribute("mayKeep", CalendarEntryPages.mayKeep(groups));
        model.addAttribute("windows", windows.all());
        model.addAttribute("freezes", freezes.all());
        return "calendar";
    }

    /** The same as a file for a calendar program. */
    @GetMapping("/calendar.ics")
    ResponseEntity<String> file() {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/calendar;charset=UTF-8"))
                .body(feed.text());
    }

    private static Day day(LocalDate date, YearMonth month, LocalDate today, List<Event> events) {
        return new Day(
                date,
                YearMonth.from(date).equals(month),
                date.equals(today),
                events.stream().filter(event -> !event.kind().equals("window")).toList(),
                events.stream().filter(event -> event.kind().equals("window")).toList());
    }

    private Map<LocalDate, List<Event>> events(LocalDate first, LocalDate last, ZoneId zone) {
        var from = first.atStartOfDay(zone).toInstant();
        var to = last.plusDays(1).atStartOfDay(zone).toInstant();
        var events = new TreeMap<LocalDate, List<Event>>();
        for (var booking : bookings.between(from, to)) {
            put(
                    events,
                    LocalDate.ofInstant(booking.start(), zone),
                    new Event(
                            "booking",
                            booking.start(),
                            hours(booking.start(), booking.end(), zone),
                            booking.change().value(),
                            booking.windowName(),
                            "/changes/" + booking.change()));
        }
        for (var freeze : freezes.all()) {
            for (var hold : freeze.between(from, to)) {
                var event = new Event(
                        "freeze",
                        hold.start(),
                        hours(hold.start(), hold.end(), zone),
                        freeze.name(),
                        freeze.scope().toString(),
                        null);
                var until = LocalDate.ofInstant(hold.end().minusMillis(1), zone);
                for (var date = LocalDate.ofInstant(hold.start(), zone);
                        !date.isAfter(until) && !date.isAfter(last);
                        date = date.plusDays(1)) {
                    put(events, date, event);
                }
            }
        }
        for (var window : windows.all()) {
            for (var opening : window.between(from, to)) {
                put(
                        events,
                        LocalDate.ofInstant(opening.start(), zone),
                        new Event(
                                "window",
                                opening.start(),
                                hours(opening.start(), opening.end(), zone),
                                window.name(),
                                window.scope().toString(),
                                null));
            }
        }
        events.values()
                .forEach(ofDay -> ofDay.sort(Comparator.comparing(Event::kind).thenComparing(Event::start)));
        return events;
    }

    private static void put(Map<LocalDate, List<Event>> events, LocalDate date, Event event) {
        events.computeIfAbsent(date, day -> new ArrayList<>()).add(event);
    }

    private static String hours(Instant start, Instant end, ZoneId zone) {
        return HOUR.format(start.atZone(zone)) + "–" + HOUR.format(end.atZone(zone));
    }
}
