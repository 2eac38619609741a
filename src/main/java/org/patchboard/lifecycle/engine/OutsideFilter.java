package org.patchboard.lifecycle.engine;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;

/** Marks requests to the engine's REST and to its web applications' own, so that {@link Guard} looks at them. */
class OutsideFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Guard.enter(request.getRequestURI().startsWith("/engine-rest") ? "engine-rest" : "webapp");
        try {
            chain.doFilter(request, response);
        } finally {
            Guard.leave();
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
