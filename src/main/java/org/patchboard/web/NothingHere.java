package org.patchboard.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** An address that leads nowhere: a page for somebody who reads, RFC 9457 for a script. */
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class NothingHere {

    @ExceptionHandler
    Object nothing(NoResourceFoundException fault, HttpServletRequest request) {
        if (!request.getRequestURI().startsWith("/api/") && wantsPage(request)) {
            var page = new ModelAndView("error", HttpStatus.NOT_FOUND);
            page.addObject("status", HttpStatus.NOT_FOUND.value());
            page.addObject("sentence", "There is no page at this address.");
            return page;
        }
        return ResponseEntity.of(ProblemDetail.forStatusAndDetail(
                        HttpStatus.NOT_FOUND, "There is nothing at " + request.getRequestURI() + "."))
                .build();
    }

    private static boolean wantsPage(HttpServletRequest request) {
        var accepted = request.getHeader("Accept");
        return accepted != null
                && List.of(accepted.split(",")).stream()
                        .anyMatch(type -> type.strip().startsWith(MediaType.TEXT_HTML_VALUE));
    }
}
