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
import org.camunda.bpm.engine.rest.exception.RestException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;

/** Marks requests to the engine's REST and to its web applications' own, so that {@link Guard} looks at them. */
class OutsideFilter extends OncePerRequestFilter {

    /** The engine's REST has no limit of its own (measured: 133 MB of one low-privileged person were accepted). */
    private static final long LARGEST_BODY = 2L * 1024 * 1024;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > LARGEST_BODY) {
            response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "A request has at most 2 MiB.");
            return;
        }
        Guard.enter(request.getRequestURI().startsWith("/engine-rest") ? "engine-rest" : "webapp");
        try {
            chain.doFilter(new Limited(request), response);
        } finally {
            Guard.leave();
        }
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
        FilterRegistrationBean<OutsideFilter> outsideFilter() {
            var filter = new FilterRegistrationBean<>(new OutsideFilter());
            filter.setOrder(202); // after sign-in, before the engine's servlets
            filter.addUrlPatterns("/engine-rest/*", "/camunda/api/*");
            return filter;
        }
    }
}
