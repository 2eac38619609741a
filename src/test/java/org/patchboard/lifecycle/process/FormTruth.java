package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.regex.Pattern;

/**
 * Whether a form names nothing that its task does not have: a form leaves blank what it does not find, so a misspelt
 * column would hide from the person what they decide on.
 */
final class FormTruth {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PATH = Pattern.compile("\\{\\{\\s*(summary(?:\\.\\w+)+)\\s*}}");

    private FormTruth() {}

    static void check(String task, InputStream form, String summary) {
        var faults = new ArrayList<String>();
        try {
            var root = JSON.createObjectNode().set("summary", JSON.readTree(summary));
            for (var component : JSON.readTree(form).path("components")) {
                var paths = PATH.matcher(component.path("text").asText());
                while (paths.find()) {
                    if (at(root, paths.group(1)).isMissingNode()) {
                        faults.add(paths.group(1));
                    }
                }
                if (component.path("type").asText().equals("table")) {
                    var source = component.path("dataSource").asText().replaceFirst("^=\\s*", "");
                    var rows = at(root, source);
                    if (!rows.isArray()) {
                        faults.add(source + " is no list");
                    }
                    for (var column : component.path("columns")) {
                        var key = column.path("key").asText();
                        for (var row : rows) {
                            if (!row.has(key)) {
                                faults.add(source + " has no " + key);
                                break;
                            }
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(faults)
                .as("what the form of " + task + " shows and nobody gives it")
                .isEmpty();
    }

    private static JsonNode at(JsonNode root, String path) {
        return root.at("/" + path.replace('.', '/'));
    }
}
