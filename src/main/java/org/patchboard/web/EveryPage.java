package org.patchboard.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.shared.Refusal;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page shows: who is signed in, where one is, times in the reader's zone. */
@ControllerAdvice(assignableTypes = {Pages.class, ListPages.class, EvidencePages.class})
class EveryPage {

    private final People people;
    private final Icons icons;
    private final Clock clock;

    EveryPage(People people, Icons icons, Clock clock) {
        this.people = people;
        this.icons = icons;
        this.clock = clock;
    }

    @ModelAttribute("me")
    @Nullable
    Person me(@Nullable Principal principal) {
        return principal == null ? null : people.person(principal.getName()).orElse(null);
    }

    @ModelAttribute("groups")
    List<String> groups(@Nullable Principal principal) {
        return principal == null
                ? List.of()
                : people.teamsOf(principal.getName()).orElse(List.of());
    }

    @ModelAttribute("icons")
    Icons icons() {
        return icons;
    }

    @ModelAttribute("times")
    Times times(@Nullable Principal principal) {
        var me = me(principal);
        return new Times(me == null ? ZoneId.of("UTC") : ZoneId.of(me.zone()), clock);
    }

    @ModelAttribute("here")
    String here(HttpServletRequest request) {
        var path = request.getRequestURI();
        return path.equals("/") ? "/" : "/" + path.split("/", 3)[1];
    }

    /** A page answers a refusal with a page; the sentence is the refusal's own. */
    @ExceptionHandler
    void refused(Refusal refusal, HttpServletResponse response) throws IOException {
        response.sendError(
                switch (refusal.kind()) {
                    case INCOMPLETE -> HttpServletResponse.SC_BAD_REQUEST;
                    case FORBIDDEN -> HttpServletResponse.SC_FORBIDDEN;
                    case UNKNOWN -> HttpServletResponse.SC_NOT_FOUND;
                    case CONFLICT -> HttpServletResponse.SC_CONFLICT;
                },
                refusal.getMessage());
    }
}
