package org.patchboard.advisory;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.JsonCursor;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.MalformedInput;

/**
 * Records of the CVE list (CVE JSON 5), one or many, with CISA's container of Vulnrichment in them: its SSVC decision
 * points, and the CVSS vector for CVEs that the NVD has not got to yet.
 */
final class CveRecords {

    private static final String ADP = "CISA ADP Vulnrichment";

    private final Staging records;
    private final Staging assessments;
    private final List<String> rejected = FeedText.rejects();
    private long read;

    CveRecords(Staging records, Staging assessments) {
        this.records = records;
        this.assessments = assessments;
    }

    void read(String name, InputStream file) {
        // The repository as a zip has its README in it, too.
        if (!name.isEmpty() && !name.endsWith(".json")) {
            return;
        }
        try (var json = JsonCursor.open(file, name)) {
            json.first();
            do {
                if (json.isArray()) {
                    json.array(() -> record(json));
                } else {
                    record(json);
                }
            } while (json.next());
        }
    }

    /** One record is small by its nature, but for references and affected products, which are skipped. */
    private void record(JsonCursor json) {
        var place = json.place();
        var metadata = new JsonNode[1];
        var content = new Content();
        json.object(field -> {
            switch (field) {
                case "cveMetadata" -> metadata[0] = json.tree();
                case "containers" ->
                    json.object(kind -> {
                        switch (kind) {
                            case "cna" -> content.container(json);
                            case "adp" -> json.array(() -> content.container(json));
                            default -> {}
                        }
                    });
                default -> {}
            }
        });
        if (metadata[0] == null) {
            throw new MalformedInput(place, "\"cveMetadata\" is missing: not a record of the CVE list");
        }
        var cve = FeedText.cve(metadata[0].path("cveId").asText(null), place + ".cveMetadata.cveId");
        read++;
        if ("REJECTED".equals(metadata[0].path("state").asText())) {
            FeedText.reject(rejected, place + ": " + cve + " was rejected by its authority");
            return;
        }
        records.add(
                cve,
                content.summary,
                FeedText.instant(metadata[0].path("datePublished").asText(null), place + ".cveMetadata.datePublished"),
                FeedText.instant(metadata[0].path("dateUpdated").asText(null), place + ".cveMetadata.dateUpdated"),
                metadata[0].path("state").asText(),
                content.three,
                FeedText.score(content.three, place),
                content.four,
                FeedText.score(content.four, place),
                "{" + String.join(",", content.weaknesses) + "}",
                "cve-list");
        if (content.options.isEmpty()) {
            FeedText.reject(rejected, place + ": " + cve + " has no SSVC assessment by CISA");
            return;
        }
        assessments.add(
                cve,
                one(content.options, "Exploitation", List.of("none", "poc", "active"), place),
                one(content.options, "Automatable", List.of("yes", "no"), place).equals("yes"),
                one(content.options, "Technical Impact", List.of("partial", "total"), place),
                content.assessed);
    }

    private static String one(Map<String, String> options, String name, List<String> allowed, String place) {
        var value = options.get(name);
        if (value == null || !allowed.contains(value)) {
            throw new MalformedInput(place, "SSVC \"" + name + "\" is one of " + allowed + ", not " + value);
        }
        return value;
    }

    /** What containers say; the authority's own comes first and has the first word on CVSS. */
    private static final class Content {

        private final Map<String, String> options = new HashMap<>();
        private final TreeSet<String> weaknesses = new TreeSet<>();
        private @Nullable String summary;
        private @Nullable String three;
        private @Nullable String four;
        private @Nullable Instant assessed;

        void container(JsonCursor json) {
            var title = new @Nullable String[1];
            var metrics = new @Nullable JsonNode[1];
            var place = json.place();
            json.object(field -> {
                switch (field) {
                    case "title" -> title[0] = json.textIfAny();
                    case "metrics" -> metrics[0] = json.tree();
                    case "descriptions" -> {
                        var text = NvdPages.english(json.tree());
                        summary = summary == null ? text : summary;
                    }
                    case "problemTypes" ->
                        json.tree()
                                .forEach(type -> type.path("descriptions")
                                        .forEach(text ->
                                                NvdPages.cwe(text.path("cweId").asText(), weaknesses)));
                    default -> {}
                }
            });
            var found = metrics[0];
            if (found != null) {
                for (var metric : found) {
                    metric(metric, ADP.equals(title[0]), place);
                }
            }
        }

        private void metric(JsonNode metric, boolean cisa, String place) {
            three = three != null
                    ? three
                    : Stream.of("cvssV3_1", "cvssV3_0")
                            .map(kind -> metric.path(kind).path("vectorString").asText(null))
                            .filter(java.util.Objects::nonNull)
                            .findFirst()
                            .orElse(null);
            four = four != null
                    ? four
                    : metric.path("cvssV4_0").path("vectorString").asText(null);
            if (cisa && "ssvc".equals(metric.path("other").path("type").asText())) {
                var said = metric.path("other").path("content");
                said.path("options")
                        .forEach(option -> option.properties()
                                .forEach(field -> options.put(
                                        field.getKey(), field.getValue().asText())));
                assessed = FeedText.instant(said.path("timestamp").asText(null), place);
            }
        }
    }

    Feeds.Reading reading() {
        return new Feeds.Reading(read, List.copyOf(rejected), null, true);
    }
}
