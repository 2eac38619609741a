package org.patchboard.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The engine's addresses are written plainly or not at all: whoever hides one behind percent signs, dots, doubled or
 * parametrised segments is told so before any rule about addresses is asked.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class PlainAddresses extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var written = request.getRequestURI();
        // Only the engine's servlets have a prefix of their own; what stands behind it is theirs to decode.
        if (request.getPathInfo() != null && !(written + "/").startsWith(request.getServletPath() + "/")) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "Write the address plainly.");
            return;
        }
        chain.doFilter(request, response);
    }
}
