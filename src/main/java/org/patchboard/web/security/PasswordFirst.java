package org.patchboard.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.patchboard.identity.Directory;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** A password somebody else knows is good for one thing: taking another. */
class PasswordFirst extends OncePerRequestFilter {

    static final String PAGE = "/people/me/password";

    private final Directory directory;

    PasswordFirst(Directory directory) {
        this.directory = directory;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = request.getRequestURI();
        return path.equals(PAGE)
                || path.equals("/logout")
                || path.equals("/login")
                || path.equals("/error")
                || path.matches("/(webjars|css|js)/.*|/favicon.*|/actuator/health.*");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var person = SecurityContextHolder.getContext().getAuthentication();
        if (person != null && CurrentPerson.isPerson(person) && directory.mustChangePassword(person.getName())) {
            if ("GET".equals(request.getMethod())
                    && !request.getRequestURI().matches("/(camunda/api|api|engine-rest)/.*")) {
                response.sendRedirect(PAGE);
            } else {
                response.sendError(HttpServletResponse.SC_FORBIDDEN, "Take a password of your own first.");
            }
            return;
        }
        chain.doFilter(request, response);
    }
}
