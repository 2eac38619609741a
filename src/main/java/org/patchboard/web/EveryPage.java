package org.patchboard.web;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.RefusedAttempts;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.rollout.KillSwitch;
import org.patchboard.shared.Refusal;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.ModelAndView;

/** What every page shows: who is signed in, where one is, times in the reader's zone, people by their names. */
@ControllerAdvice(assignableTypes = Page.class)
class EveryPage {

    private final People people;
    private final Icons icons;
    private final RefusedAttempts refusedAttempts;
    private final KillSwitch killSwitch;
    private final Clock clock;

    EveryPage(People people, Icons icons, RefusedAttempts refusedAttempts, KillSwitch killSwitch, Clock clock) {
        this.killSwitch = killSwitch;
        this.people = people;
        this.icons = icons;
        this.refusedAttempts = refusedAttempts;
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

    /** What stops every roll-out now; whoever is at work on one reads it wherever they are. */
    @ModelAttribute("stopped")
    KillSwitch.@Nullable Stop stopped(@Nullable Principal principal) {
        return principal == null ? null : killSwitch.inForce().orElse(null);
    }

    @ModelAttribute("times")
    Times times(@Nullable Principal principal) {
        var me = me(principal);
        return new Times(me == null ? ZoneId.of("UTC") : ZoneId.of(me.zone()), clock);
    }

    @ModelAttribute("names")
    Names names() {
        return new Names(people::names);
    }

    @ModelAttribute("here")
    String here(HttpServletRequest request) {
        var path = request.getRequestURI();
        return path.equals("/") ? "/" : "/" + path.split("/", 3)[1];
    }

    /** A page answers a refusal with a page; the sentence is the refusal's own. */
    @ExceptionHandler
    ModelAndView refused(Refusal refusal, HttpServletRequest request) {
        if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
            record(request, refusal.getMessage());
        }
        return error(
                switch (refusal.kind()) {
                    case INCOMPLETE -> HttpStatus.BAD_REQUEST;
                    case FORBIDDEN -> HttpStatus.FORBIDDEN;
                    case UNKNOWN -> HttpStatus.NOT_FOUND;
                    case CONFLICT -> HttpStatus.CONFLICT;
                },
                refusal.getMessage());
    }

    @ExceptionHandler
    ModelAndView refused(ResponseStatusException refusal, HttpServletRequest request) {
        if (refusal.getStatusCode().value() == HttpStatus.FORBIDDEN.value()) {
            record(request, refusal.getReason());
        }
        return error(HttpStatus.valueOf(refusal.getStatusCode().value()), refusal.getReason());
    }

    /** A field that a form of ours always sends is missing, or holds what its kind cannot. */
    @ExceptionHandler({ServletRequestBindingException.class, TypeMismatchException.class})
    ModelAndView refused() {
        return error(HttpStatus.BAD_REQUEST, "Something in the address or the form could not be read.");
    }

    /** That somebody tried what they may not stands in the trail, here as at every other way in. */
    private void record(HttpServletRequest request, @Nullable String sentence) {
        var person = request.getUserPrincipal();
        refusedAttempts.record(
                person == null ? "nobody" : person.getName(),
                "page",
                request.getMethod() + " " + request.getRequestURI(),
                sentence == null ? "not for this person" : sentence);
    }

    private static ModelAndView error(HttpStatus status, @Nullable String sentence) {
        var page = new ModelAndView("error", status);
        page.addObject("status", status.value());
        page.addObject("sentence", sentence);
        return page;
    }
}
