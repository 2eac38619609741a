package org.patchboard.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps the number that lets a page's scripts run with the request it belongs to. The engine's web applications keep it
 * for the whole house: of pages that are opened at the same moment, all but one had scripts that their own header
 * forbids, and Tasklist stayed blank (measured; the fork Operaton has mended the same, its pull request 3515).
 */
class OneNoncePerPage extends OncePerRequestFilter {

    /** ContentSecurityPolicyProvider.ATTR_CSP_FILTER_NONCE of 7.24. */
    private static final String NONCE = "org.camunda.bpm.csp.nonce";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var own = (ServletContext) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServletContext.class},
                around(request.getServletContext()));
        chain.doFilter(
                new HttpServletRequestWrapper(request) {
                    @Override
                    public ServletContext getServletContext() {
                        return own;
                    }
                },
                response);
    }

    private static java.lang.reflect.InvocationHandler around(ServletContext house) {
        var nonce = new AtomicReference<@Nullable Object>();
        return (proxy, method, arguments) -> {
            if (arguments != null && arguments.length > 0 && NONCE.equals(arguments[0])) {
                switch (method.getName()) {
                    case "setAttribute" -> nonce.set(arguments[1]);
                    case "getAttribute" -> {
                        return nonce.get();
                    }
                    default -> nonce.set(null);
                }
                return null;
            }
            return call(house, method, arguments);
        };
    }

    private static @Nullable Object call(ServletContext house, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(house, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
