package org.patchboard.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/** Bootstrap's icons, written into the page: a font of them would weigh more than the page. */
@Component
public class Icons {

    private final Map<String, String> read = new ConcurrentHashMap<>();

    /** The SVG element of an icon, to be hidden from readers by who uses it. */
    public String get(String name) {
        return read.computeIfAbsent(name, Icons::svg);
    }

    private static String svg(String name) {
        try {
            var found = new PathMatchingResourcePatternResolver()
                    .getResources("classpath*:META-INF/resources/webjars/bootstrap-icons/*/icons/" + name + ".svg");
            if (found.length == 0) {
                throw new IllegalArgumentException("no icon " + name);
            }
            return found[0].getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("icon " + name + " cannot be read", e);
        }
    }
}
