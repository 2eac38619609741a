package org.patchboard.lifecycle.engine;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.rest.exception.RestException;
import org.patchboard.audit.RefusedAttempts;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;

/** Marks requests to the engine's REST and to its web applications' own, so that {@link Guard} looks at them. */
class OutsideFilter extends OncePerRequestFilter {

    /** The engine's REST has no limit of its own (measured: 133 MB of one low-privileged person were accepted). */
    private static final long LARGEST_BODY = 2L * 1024 * 1024;

    private static final Set<String> LOOKS = Set.of("GET", "HEAD", "OPTIONS");

    /**
     * Addresses that answer before the {@link Guard} is asked: external tasks are fetched on a thread of the engine's
     * own, files and comments are refused as a malformed request.
     */
    private static final Pattern SHUT =
            Pattern.compile(".*/(external-task/fetchAndLock|task/[^/]+/(attachment|comment)/create)/?");

    private static final String NOT_HERE = "This is not used here; files and comments belong to the change's page.";

    private final RefusedAttempts refusedAttempts;

    OutsideFilter(RefusedAttempts refusedAttempts) {
        this.refusedAttempts = refusedAttempts;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > LARGEST_BODY) {
            response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "A request has at most 2 MiB.");
            return;
        }
        var channel = path(request).startsWith("/engine-rest") ? "engine-rest" : "webapp";
        if (SHUT.matcher(path(request)).matches()) {
            refusedAttempts.record(
                    who(request), channel, request.getMethod() + " " + request.getRequestURI(), NOT_HERE);
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            response.setContentType("application/json");
            response.getWriter().write("{\"type\":\"AuthorizationException\",\"message\":\"" + NOT_HERE + "\"}");
            return;
        }
        Guard.enter(channel);
        try {
            chain.doFilter(new Limited(request), response);
            recordUnlessDone(request, response, channel);
        } finally {
            Guard.leave();
        }
    }

    /** The engine looks for a thing before it changes it; who may not even see it is told so without any command. */
    private void recordUnlessDone(HttpServletRequest request, HttpServletResponse response, String channel) {
        var visit = Guard.visit();
        var refused = response.getStatus() == HttpServletResponse.SC_FORBIDDEN
                || response.getStatus() == HttpServletResponse.SC_NOT_FOUND;
        if (refused && visit != null && !visit.isRecorded() && !LOOKS.contains(request.getMethod())) {
            refusedAttempts.record(
                    who(request),
                    channel,
                    request.getMethod() + " " + request.getRequestURI(),
                    "answered with " + response.getStatus());
        }
    }

    /** As the servlets see it: the raw address may hide a letter behind a percent sign. */
    private static String path(HttpServletRequest request) {
        return request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
    }

    private static String who(HttpServletRequest request) {
        var person = request.getUserPrincipal();
        return person == null ? "nobody" : person.getName();
    }

    /** Counts what comes, for a body that does not say its length. */
    private static final class Limited extends HttpServletRequestWrapper {

        Limited(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            var body = super.getInputStream();
            return new ServletInputStream() {

                private long left = LARGEST_BODY;

                @Override
                public int read() throws IOException {
                    var one = body.read();
                    take(one < 0 ? 0 : 1);
                    return one;
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    var some = body.read(buffer, offset, length);
                    take(Math.max(0, some));
                    return some;
                }

                private void take(int some) {
                    left -= some;
                    if (left < 0) {
                        throw new RestException(Status.REQUEST_ENTITY_TOO_LARGE, "A request has at most 2 MiB.");
                    }
                }

                @Override
                public boolean isFinished() {
                    return body.isFinished();
                }

                @Override
                public boolean isReady() {
                    return body.isReady();
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    body.setReadListener(listener);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Registration {
        @Bean
        FilterRegistrationBean<OutsideFilter> outsideFilter(RefusedAttempts refusedAttempts) {
            var filter = new FilterRegistrationBean<>(new OutsideFilter(refusedAttempts));
            filter.setOrder(202); // after sign-in, before the engine's servlets
            filter.addUrlPatterns("/engine-rest/*", "/camunda/api/*");
            return filter;
        }
    }
}
