package org.patchboard.web.api;

import org.patchboard.schedule.CalendarFeed;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The calendar as a whole. */
@RestController
@RequestMapping("/api/v1")
class CalendarApi {

    private final CalendarFeed feed;

    CalendarApi(CalendarFeed feed) {
        this.feed = feed;
    }

    /** Windows, freezes and booked changes, to subscribe to. */
    @GetMapping(path = "/calendar.ics", produces = "text/calendar;charset=UTF-8")
    String calendar() {
        return feed.text();
    }
}
