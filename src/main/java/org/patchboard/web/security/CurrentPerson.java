package org.patchboard.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.camunda.bpm.engine.IdentityService;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.People;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads the person's groups once per request, makes them this request's authorities and, outside the web applications
 * (which have a filter of their own), the engine's authentication. A disabled person is out at the next request.
 */
class CurrentPerson extends OncePerRequestFilter {

    private final People people;
    private final IdentityService engine;

    CurrentPerson(People people, IdentityService engine) {
        this.people = people;
        this.engine = engine;
    }

    static List<String> groups(Authentication authentication) {
        return authentication.getAuthorities().stream()
                .map(GrantedAuthority::getAuthority)
                .toList();
    }

    static boolean isPerson(@Nullable Authentication authentication) {
        return authentication != null
                && authentication.isAuthenticated()
                && !(authentication instanceof AnonymousAuthenticationToken);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getRequestURI().matches("/camunda/(lib|assets|app/[^/]+/(scripts|styles|assets|locales))/.*");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var session = SecurityContextHolder.getContext().getAuthentication();
        if (session == null || !isPerson(session)) {
            chain.doFilter(request, response);
            return;
        }
        var teams = people.teamsOf(session.getName());
        if (teams.isEmpty()) {
            new SecurityContextLogoutHandler().logout(request, response, session);
            throw new DisabledException("disabled since sign-in"); // answered by the chain's entry point
        }
        SecurityContextHolder.setContext(new SecurityContextImpl(UsernamePasswordAuthenticationToken.authenticated(
                session.getName(), null, AuthorityUtils.createAuthorityList(teams.get()))));
        if (request.getRequestURI().startsWith("/camunda/")) {
            chain.doFilter(request, response);
            return;
        }
        engine.setAuthentication(session.getName(), teams.get(), List.of());
        try {
            chain.doFilter(request, response);
        } finally {
            engine.clearAuthentication();
        }
    }
}
