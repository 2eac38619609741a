package org.patchboard.advisory;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.JsonCursor;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.MalformedInput;

/** Answers of the NVD's API 2.0, or its yearly files in the same shape (nvd.nist.gov/developers/vulnerabilities). */
final class NvdPages {

    private final Staging staged;
    private long read;
    private boolean found;

    NvdPages(Staging staged) {
        this.staged = staged;
    }

    void read(String name, InputStream file) {
        try (var json = JsonCursor.open(file, name)) {
            json.first();
            found = false;
            json.object(field -> {
                if (field.equals("vulnerabilities")) {
                    found = true;
                    json.array(() -> json.object(inner -> {
                        if (inner.equals("cve")) {
                            cve(json);
                        }
                    }));
                }
            });
            if (!found) {
                throw json.malformed("there is no \"vulnerabilities\"");
            }
            json.end();
        }
    }

    private void cve(JsonCursor json) {
        var place = json.place();
        var texts = new @Nullable String[3];
        var times = new @Nullable Instant[2];
        var vectors = new @Nullable String[2];
        var weaknesses = new java.util.TreeSet<String>();
        json.object(field -> {
            switch (field) {
                case "id" -> texts[0] = FeedText.cve(json.text(), json.place());
                case "published" -> times[0] = FeedText.instant(json.text(), json.place());
                case "lastModified" -> times[1] = FeedText.instant(json.text(), json.place());
                case "vulnStatus" -> texts[1] = json.text();
                case "descriptions" -> texts[2] = english(json.tree());
                case "metrics" -> {
                    var metrics = json.tree();
                    vectors[0] = vector(metrics, "cvssMetricV31", "cvssMetricV30");
                    vectors[1] = vector(metrics, "cvssMetricV40");
                }
                case "weaknesses" ->
                    json.tree()
                            .forEach(weakness -> weakness.path("description")
                                    .forEach(text -> cwe(text.path("value").asText(), weaknesses)));
                default -> {}
            }
        });
        if (texts[0] == null) {
            throw new MalformedInput(place, "\"id\" is missing");
        }
        read++;
        staged.add(
                texts[0],
                texts[2],
                times[0],
                times[1],
                texts[1],
                vectors[0],
                FeedText.score(vectors[0], place + ".metrics"),
                vectors[1],
                FeedText.score(vectors[1], place + ".metrics"),
                "{" + String.join(",", weaknesses) + "}",
                "nvd");
    }

    static void cwe(String text, java.util.Set<String> into) {
        if (text.matches("CWE-[0-9]{1,9}")) {
            into.add(text);
        }
    }

    /** The primary one, or the first: a secondary one is the word of whoever reported it. */
    private static @Nullable String vector(JsonNode metrics, String... kinds) {
        for (var kind : kinds) {
            JsonNode chosen = null;
            for (var metric : metrics.path(kind)) {
                if (chosen == null
                        || "Primary".equals(metric.path("type").asText())
                                && !"Primary".equals(chosen.path("type").asText())) {
                    chosen = metric;
                }
            }
            if (chosen != null) {
                return chosen.path("cvssData").path("vectorString").asText(null);
            }
        }
        return null;
    }

    static String english(JsonNode descriptions) {
        for (var description : descriptions) {
            if (description.path("lang").asText().startsWith("en")) {
                return description.path("value").asText();
            }
        }
        return "";
    }

    Feeds.Reading reading() {
        return new Feeds.Reading(read, List.of(), null, true);
    }
}
