package org.patchboard.web.security;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.rest.security.auth.AuthenticationResult;
import org.camunda.bpm.engine.rest.security.auth.impl.ContainerBasedAuthenticationProvider;
import org.camunda.bpm.webapp.impl.security.auth.Authentications;
import org.camunda.bpm.webapp.impl.security.auth.ContainerBasedAuthenticationFilter;
import org.camunda.bpm.webapp.impl.security.auth.UserAuthentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Hands the signed-in person to Tasklist, Cockpit and Admin. Their session keeps groups for minutes; comparing them on
 * each request makes a change count at once.
 */
class WebappSingleSignOn extends ContainerBasedAuthenticationFilter {

    @Override
    public void init(FilterConfig unused) {
        authenticationProvider = new ContainerBasedAuthenticationProvider() {
            @Override
            public AuthenticationResult extractAuthenticatedUser(HttpServletRequest request, ProcessEngine engine) {
                var authentication = SecurityContextHolder.getContext().getAuthentication();
                if (authentication == null || !CurrentPerson.isPerson(authentication)) {
                    return AuthenticationResult.unsuccessful();
                }
                var result = new AuthenticationResult(authentication.getName(), true);
                result.setGroups(CurrentPerson.groups(authentication));
                result.setTenants(List.of());
                return result;
            }
        };
    }

    @Override
    protected boolean existisAuthentication(Authentications known, String engine, String user) {
        var now = SecurityContextHolder.getContext().getAuthentication();
        return super.existisAuthentication(known, engine, user)
                && now != null
                && known.getAuthenticationForProcessEngine(engine) instanceof UserAuthentication cached
                && new HashSet<>(cached.getGroupIds()).equals(new HashSet<>(CurrentPerson.groups(now)));
    }
}
