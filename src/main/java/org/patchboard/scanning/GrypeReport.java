package org.patchboard.scanning;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.JsonCursor;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Software;

/** Grype's JSON (anchore/grype, grype/presenter/models): {@code matches[]}; what it calls ignored is left out. */
final class GrypeReport {

    private final Report report;
    private boolean known;

    GrypeReport(Report report) {
        this.report = report;
    }

    void read(InputStream file) {
        try (var json = JsonCursor.open(file, "")) {
            json.first();
            json.object(field -> {
                switch (field) {
                    case "matches" -> {
                        known = true;
                        json.array(() -> match(json));
                    }
                    case "source" -> source(json);
                    case "descriptor" ->
                        json.object(inner -> {
                            if (inner.equals("timestamp")) {
                                report.made(TrivyReport.time(json));
                            }
                        });
                    default -> {}
                }
            });
            if (!known) {
                throw json.malformed("there is no \"matches\": not a report of Grype in JSON");
            }
            json.end();
        }
    }

    /** An image by the name it was asked for; a folder by its path. */
    private void source(JsonCursor json) {
        if (!json.isObject()) {
            return;
        }
        json.object(field -> {
            if (field.equals("target")) {
                if (json.isObject()) {
                    json.object(inner -> {
                        if (inner.equals("userInput")) {
                            report.subject(json.textIfAny());
                        }
                    });
                } else {
                    report.subject(json.textIfAny());
                }
            }
        });
    }

    private static final class Match {
        private @Nullable String id;
        private @Nullable String severity;
        private @Nullable String name;
        private @Nullable String version;
        private @Nullable String type;
        private @Nullable String purl;
        private final List<String> related = new ArrayList<>();
        private final List<String> fixes = new ArrayList<>();
    }

    private void match(JsonCursor json) {
        var match = new Match();
        json.object(field -> {
            switch (field) {
                case "vulnerability" -> vulnerability(json, match);
                case "relatedVulnerabilities" ->
                    json.array(() -> json.object(inner -> {
                        if (inner.equals("id")) {
                            match.related.add(String.valueOf(json.text()));
                        }
                    }));
                case "artifact" -> artifact(json, match);
                default -> {}
            }
        });
        if (match.id == null) {
            throw new MalformedInput(json.place() + ".vulnerability", "\"id\" is missing");
        }
        if (match.name == null) {
            throw new MalformedInput(json.place() + ".artifact", "\"name\" is missing");
        }
        var found = match.purl == null ? java.util.Optional.<Software.Installed>empty() : Software.fromUrl(match.purl);
        var ids = cves(match.id, match.related);
        for (var id : ids) {
            report.finding(
                    Report.ITS_OWN,
                    id,
                    found.map(it -> it.software().ecosystem()).orElse(ecosystem(match.type == null ? "" : match.type)),
                    found.map(it -> it.software().name()).orElse(match.name),
                    match.version == null ? "" : match.version,
                    match.fixes,
                    match.severity,
                    json::place);
        }
    }

    /** An advisory of a vendor by the CVEs it is about, for that is how everybody else calls them. */
    private static List<String> cves(String id, List<String> related) {
        if (id.startsWith("CVE-")) {
            return List.of(id);
        }
        var cves = related.stream()
                .filter(other -> other.startsWith("CVE-"))
                .distinct()
                .toList();
        return cves.isEmpty() ? List.of(id) : cves;
    }

    private static void vulnerability(JsonCursor json, Match match) {
        json.object(field -> {
            switch (field) {
                case "id" -> match.id = json.text();
                case "severity" -> match.severity = json.text();
                // before 0.10 a single text
                case "fixedInVersion" -> add(match.fixes, json.textIfAny());
                case "fix" -> {
                    if (json.isObject()) {
                        json.object(inner -> {
                            if (inner.equals("versions")) {
                                json.array(() -> add(match.fixes, json.text()));
                            }
                        });
                    }
                }
                default -> {}
            }
        });
    }

    private static void add(List<String> fixes, @Nullable String fix) {
        if (fix != null && !fix.isBlank()) {
            fixes.add(fix.strip());
        }
    }

    private static void artifact(JsonCursor json, Match match) {
        json.object(field -> {
            switch (field) {
                case "name" -> match.name = json.text();
                case "version" -> match.version = json.text();
                case "type" -> match.type = json.text();
                case "purl" -> match.purl = json.textIfAny();
                default -> {}
            }
        });
    }

    /** From the artifact's type (anchore/syft, syft/pkg/type.go) when there is no package URL. */
    private static String ecosystem(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "deb" -> "deb";
            case "apk" -> "apk";
            case "rpm" -> "rpm";
            case "alpm" -> "alpm";
            case "java-archive", "jenkins-plugin" -> "maven";
            case "npm" -> "npm";
            case "python" -> "pypi";
            case "go-module" -> "golang";
            case "gem" -> "gem";
            case "rust-crate" -> "cargo";
            case "php-composer" -> "composer";
            case "dotnet" -> "nuget";
            default -> "generic";
        };
    }
}
