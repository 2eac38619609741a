package org.patchboard.web.security;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.patchboard.audit.RefusedAttempts;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;

/** Tells a program at the door, as an RFC 9457 problem, why it is not let in, and records who tried a shut one. */
@Component
class Doorkeeper implements AuthenticationEntryPoint, AccessDeniedHandler {

    private final ObjectMapper json;
    private final RefusedAttempts refusedAttempts;

    Doorkeeper(ObjectMapper json, RefusedAttempts refusedAttempts) {
        this.json = json;
        this.refusedAttempts = refusedAttempts;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
            throws IOException {
        if (why instanceof LockedException) {
            tell(response, HttpStatus.UNAUTHORIZED, "Too many attempts; come again at " + why.getMessage() + ".");
        } else {
            tell(response, HttpStatus.UNAUTHORIZED, "Sign in with name and password, or with a token of yours.");
        }
    }

    /** A token that is none of ours, or no longer good. */
    void wrongToken(HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
        tell(response, HttpStatus.UNAUTHORIZED, "This token is unknown, expired or revoked, or its owner is disabled.");
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
            throws IOException {
        var person = request.getUserPrincipal();
        var sentence = "This is shut for you.";
        refusedAttempts.record(
                person == null ? "nobody" : person.getName(),
                request.getRequestURI().startsWith("/camunda/") ? "webapp" : "api",
                request.getMethod() + " " + request.getRequestURI(),
                sentence);
        tell(response, HttpStatus.FORBIDDEN, sentence);
    }

    private void tell(HttpServletResponse response, HttpStatus status, String sentence) throws IOException {
        if (status == HttpStatus.UNAUTHORIZED && !response.containsHeader(HttpHeaders.WWW_AUTHENTICATE)) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"Patchboard\"");
        }
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(response.getOutputStream(), ProblemDetail.forStatusAndDetail(status, sentence));
    }
}
