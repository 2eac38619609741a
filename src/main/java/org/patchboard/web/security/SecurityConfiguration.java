package org.patchboard.web.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.camunda.bpm.engine.IdentityService;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.identity.Tokens;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Two chains: machines (Basic or bearer, no session) and people (a session, one sign-in for everything). */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    static final String OUR_PAGES_POLICY =
            "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self' data:;"
                    + " img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self';"
                    + " frame-ancestors 'none'";

    @Bean
    PasswordEncoder passwordEncoder() {
        return new DelegatingPasswordEncoder(
                "pbkdf2", Map.of("pbkdf2", Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_8()));
    }

    @Bean
    @Order(1)
    SecurityFilterChain machines(
            HttpSecurity http,
            People people,
            Directory directory,
            Tokens tokens,
            IdentityService engine,
            Doorkeeper doorkeeper)
            throws Exception {
        // A string matcher would miss Jersey's paths: the engine's REST is a servlet of its own.
        RequestMatcher matcher = request -> "/engine-rest".equals(request.getServletPath())
                || request.getRequestURI().startsWith("/engine-rest")
                || request.getRequestURI().startsWith("/api/")
                || request.getRequestURI().equals("/actuator/prometheus");
        return http.securityMatcher(matcher)
                .authorizeHttpRequests(a -> a.requestMatchers("/actuator/prometheus")
                        .hasAuthority(Team.ADMINISTRATORS)
                        .anyRequest()
                        .authenticated())
                .httpBasic(b -> b.authenticationEntryPoint(doorkeeper))
                .exceptionHandling(e -> e.authenticationEntryPoint(doorkeeper).accessDeniedHandler(doorkeeper))
                .csrf(c -> c.disable())
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .addFilterBefore(new BearerToken(tokens, doorkeeper), BasicAuthenticationFilter.class)
                .addFilterBefore(new CurrentPerson(people, engine), AuthorizationFilter.class)
                .addFilterAfter(new PasswordFirst(directory), AuthorizationFilter.class)
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain persons(
            HttpSecurity http, People people, Directory directory, IdentityService engine, Doorkeeper doorkeeper)
            throws Exception {
        RequestMatcher webappLogout = request -> "POST".equals(request.getMethod())
                && request.getRequestURI().matches("/camunda/api/admin/auth/user/[^/]+/logout");
        RequestMatcher ownLogout =
                request -> "POST".equals(request.getMethod()) && "/logout".equals(request.getRequestURI());
        RequestMatcher setup = request -> path(request).matches("/camunda/(api/admin/setup|app/admin/[^/]+/setup).*");
        return http.authorizeHttpRequests(a -> a.requestMatchers(setup)
                        .denyAll()
                        .requestMatchers(
                                "/login",
                                "/error",
                                "/actuator/health/**",
                                "/favicon.svg",
                                "/webjars/**",
                                "/css/**",
                                "/js/**")
                        .permitAll()
                        .requestMatchers("/actuator/**")
                        .hasAuthority(Team.ADMINISTRATORS)
                        .anyRequest()
                        .authenticated())
                .formLogin(f -> f.loginPage("/login")
                        .defaultSuccessUrl("/", false)
                        .failureHandler((request, response, failure) -> response.sendRedirect(
                                failure instanceof LockedException ? "/login?locked" : "/login?error")))
                .logout(l -> l.logoutRequestMatcher(r -> ownLogout.matches(r) || webappLogout.matches(r))
                        .logoutSuccessHandler((request, response, who) -> {
                            if (webappLogout.matches(request)) {
                                response.setStatus(HttpStatus.NO_CONTENT.value());
                            } else {
                                response.sendRedirect("/login?logout");
                            }
                        }))
                .exceptionHandling(e -> e.defaultAuthenticationEntryPointFor(
                                new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED),
                                r -> r.getRequestURI().startsWith("/camunda/api/"))
                        .defaultAccessDeniedHandlerFor(
                                doorkeeper, r -> r.getRequestURI().startsWith("/camunda/api/")))
                .csrf(c -> c.ignoringRequestMatchers("/camunda/**")) // the web applications bring their own protection
                .headers(h -> h.frameOptions(f -> f.sameOrigin())
                        .referrerPolicy(r -> r.policy(ReferrerPolicyHeaderWriter.ReferrerPolicy.SAME_ORIGIN))
                        .addHeaderWriter(new DelegatingRequestMatcherHeaderWriter(
                                // the engine's web applications bring a policy of their own
                                request -> !request.getRequestURI().startsWith("/camunda/"),
                                new ContentSecurityPolicyHeaderWriter(OUR_PAGES_POLICY))))
                .addFilterBefore(new CurrentPerson(people, engine), AuthorizationFilter.class)
                .addFilterAfter(new PasswordFirst(directory), AuthorizationFilter.class)
                .build();
    }

    /** As the servlets see it: the raw address may hide a letter behind a percent sign. */
    private static String path(HttpServletRequest request) {
        return request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
    }

    @Bean
    FilterRegistrationBean<WebappSingleSignOn> webappSingleSignOn() {
        var filter = new FilterRegistrationBean<>(new WebappSingleSignOn());
        filter.setOrder(201); // after Spring Security, before the web applications' own filters
        filter.addUrlPatterns("/camunda/app/*", "/camunda/api/*");
        return filter;
    }

    @Bean
    FilterRegistrationBean<OneNoncePerPage> oneNoncePerPage() {
        var filter = new FilterRegistrationBean<>(new OneNoncePerPage());
        filter.setOrder(202);
        filter.addUrlPatterns("/camunda/*");
        return filter;
    }
}
