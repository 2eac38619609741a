package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.schedule.CalendarEntry;
import org.patchboard.schedule.CalendarKeeper;
import org.patchboard.schedule.Freezes;
import org.patchboard.schedule.Windows;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

/** Windows and freezes kept on pages. */
@PatchboardTest
class CalendarEntryPagesTest {

    @Autowired
    WebApplicationContext web;

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Windows windows;

    @Autowired
    Freezes freezes;

    @Autowired
    JdbcClient jdbc;

    private final String name = "Entry " + UUID.randomUUID();
    private MockMvc browser;
    private String manager;
    private Scene scene;

    @BeforeEach
    void open() {
        browser = MockMvcBuilders.webAppContextSetup(web)
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
        manager = people.someone("change-manager");
        scene = new Scene(context);
        clock.set(Instant.parse("2027-02-10T12:00:00Z"));
    }

    private ResultActions as(String login, MockHttpServletRequestBuilder request) throws Exception {
        return browser.perform(request.with(user(login)).with(csrf()).accept(MediaType.TEXT_HTML));
    }

    private Map<String, String> typed() {
        var typed = new LinkedHashMap<String, String>();
        typed.put("name", name);
        typed.put("zone", "Europe/Berlin");
        typed.put("start", "2027-02-09T22:00");
        typed.put("hours", "4.5");
        typed.put("repeats", "weekly");
        typed.put("scope", "maintenance-group");
        typed.put("value", scene.group);
        return typed;
    }

    private ResultActions send(String login, String path, Map<String, String> typed) throws Exception {
        var request = post(path);
        typed.forEach(request::param);
        return as(login, request);
    }

    private CalendarEntry entered(CalendarKeeper entries) {
        return entries.all().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aChangeManagerEntersAWindowAndFindsItAsItWasTyped() throws Exception {
        as(manager, get("/calendar/windows/new")).andExpect(status().isOk());
        var typed = typed();
        typed.put("until", "2027-12-31");
        typed.put("left", "2027-02-16 22:00");
        send(manager, "/calendar/windows", typed).andExpect(redirectedUrl("/calendar"));
        var window = entered(windows);
        assertThat(window.content().rrule()).isEqualTo("FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231");
        assertThat(window.content().duration()).isEqualTo(Duration.ofMinutes(270));
        assertThat(window.between(Instant.parse("2027-02-01T00:00:00Z"), Instant.parse("2027-02-28T00:00:00Z")))
                .as("one is left out")
                .hasSize(2);
        as(manager, get("/calendar/windows/" + window.id()))
                .andExpect(content().string(Matchers.containsString("value=\"2027-12-31\"")))
                .andExpect(content().string(Matchers.containsString("value=\"4.5\"")));
        as(manager, get("/calendar"))
                .andExpect(content().string(Matchers.containsString("/calendar/windows/" + window.id())));
        typed.put("hours", "2");
        typed.put("repeats", "monthly");
        typed.put("left", "");
        send(manager, "/calendar/windows/" + window.id(), typed).andExpect(redirectedUrl("/calendar"));
        assertThat(windows.get(window.id()).content().rrule()).isEqualTo("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20271231");
        assertThat(jdbc.sql("select action from audit_entry where subject = ? order by id")
                        .param(name)
                        .query(String.class)
                        .list())
                .containsExactly("window-added", "window-changed");
    }

    @Test
    void whatCannotBeIsSaidAboveTheFormWhichKeepsWhatWasTyped() throws Exception {
        refuses("start", "", "Give the day and the hour");
        refuses("hours", "long", "as a number of hours");
        refuses("hours", "0", "longer than nothing");
        refuses("zone", "Europe/Atlantis", "There is no time zone");
        refuses("start", "2027-03-28T02:30", "does not exist in Europe/Berlin");
        refuses("value", "", "Say which group, tag or asset");
        refuses("value", "nowhere", "There is no maintenance-group nowhere.");
        refuses("until", "2027-01-01", "The last day is before the first.");
        refuses("left", "some Tuesday", "What is left out is a day and an hour");
        refuses("repeats", "rule", "Write the rule");
        assertThat(windows.all()).noneMatch(window -> window.name().equals(name));
    }

    private void refuses(String field, String value, String sentence) throws Exception {
        var typed = typed();
        typed.put(field, value);
        send(manager, "/calendar/windows", typed)
                .andExpect(status().isBadRequest())
                .andExpect(content().string(Matchers.containsString(sentence)))
                .andExpect(content().string(Matchers.containsString(name)));
    }

    @Test
    void nobodyElseKeepsTheCalendar() throws Exception {
        var coordinator = people.someone("patch-coordinator");
        as(coordinator, get("/calendar/freezes/new"))
                .andExpect(status().isForbidden())
                .andExpect(content().string(Matchers.containsString("Only a change manager or an administrator")));
        send(coordinator, "/calendar/freezes", typed()).andExpect(status().isForbidden());
        as(coordinator, get("/calendar"))
                .andExpect(content().string(Matchers.not(Matchers.containsString("New freeze"))));
        as(manager, get("/calendar/freezes/999999999")).andExpect(status().isNotFound());
    }

    @Test
    void aFreezeThatRecursEndsAndKeepsItsPast() throws Exception {
        var typed = typed();
        typed.put("permits", "emergency");
        send(manager, "/calendar/freezes", typed).andExpect(redirectedUrl("/calendar"));
        var freeze = entered(freezes);
        assertThat(freeze.permits("emergency")).isTrue();
        as(manager, post("/calendar/freezes/" + freeze.id() + "/end")).andExpect(redirectedUrl("/calendar"));
        var left = freezes.get(freeze.id());
        assertThat(left.between(Instant.parse("2027-01-01T00:00:00Z"), Instant.parse("2028-01-01T00:00:00Z")))
                .hasSize(1);
        as(manager, post("/calendar/freezes/" + freeze.id() + "/end"));
        assertThat(freezes.get(freeze.id())).as("it is over already").isEqualTo(left);
    }

    @Test
    void aFreezeThatIsOnIsCutShortAndOneToComeIsRemoved() throws Exception {
        var typed = typed();
        typed.put("repeats", "once");
        typed.put("hours", "72");
        send(manager, "/calendar/freezes", typed).andExpect(redirectedUrl("/calendar"));
        var on = entered(freezes);
        as(manager, post("/calendar/freezes/" + on.id() + "/end"));
        clock.forward(Duration.ofSeconds(2));
        assertThat(freezes.get(on.id()).between(clock.instant(), clock.instant().plusSeconds(60)))
                .isEmpty();
        typed.put("start", "2027-03-09T22:00");
        typed.put("name", name + " later");
        send(manager, "/calendar/freezes", typed).andExpect(redirectedUrl("/calendar"));
        var later = freezes.all().stream()
                .filter(entry -> entry.name().equals(name + " later"))
                .findFirst()
                .orElseThrow();
        as(manager, post("/calendar/freezes/" + later.id() + "/end"));
        assertThat(freezes.all()).noneMatch(entry -> entry.id() == later.id());
    }
}
