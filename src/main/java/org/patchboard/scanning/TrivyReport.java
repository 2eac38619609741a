package org.patchboard.scanning;

import java.io.InputStream;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.JsonCursor;
import org.patchboard.shared.Software;

/**
 * Trivy's JSON (aquasecurity/trivy, pkg/types/report.go): schema version 2, the list of results it was before, and the
 * report of a cluster, in which each resource has results of its own and each image is a thing of its own.
 */
final class TrivyReport {

    private final Report report;
    private boolean known;

    TrivyReport(Report report) {
        this.report = report;
    }

    void read(InputStream file) {
        try (var json = JsonCursor.open(file, "")) {
            json.first();
            if (json.isArray()) {
                json.array(() -> result(json, false));
            } else {
                json.object(field -> top(json, field));
                if (!known) {
                    throw json.malformed("there is no \"Results\": not a report of Trivy in JSON");
                }
            }
            json.end();
        }
    }

    private void top(JsonCursor json, String field) {
        switch (field) {
            case "Results" -> {
                known = true;
                json.array(() -> result(json, false));
            }
            // Without anything to look at, Trivy leaves "Results" out.
            case "SchemaVersion", "ClusterName" -> known = true;
            case "Resources", "Vulnerabilities" ->
                json.array(() -> json.object(inner -> {
                    if (inner.equals("Results")) {
                        json.array(() -> result(json, true));
                    }
                }));
            case "ArtifactName" -> report.subject(json.text());
            case "CreatedAt" -> report.made(time(json));
            default -> {}
        }
    }

    static java.time.@Nullable Instant time(JsonCursor json) {
        var text = json.text();
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw json.malformed("not a time: " + text);
        }
    }

    /** Of a result the type stands before its vulnerabilities. */
    private void result(JsonCursor json, boolean ofCluster) {
        var texts = new @Nullable String[3];
        var read = new boolean[1];
        json.object(field -> {
            switch (field) {
                case "Target" -> texts[0] = json.text();
                case "Class" -> texts[1] = json.text();
                case "Type" -> {
                    // Read as a stream: what was said of packages before is not known to be Debian's or anybody's.
                    if (read[0]) {
                        throw json.malformed("\"Type\" stands behind \"Vulnerabilities\"; Trivy writes it before them");
                    }
                    texts[2] = json.text();
                }
                case "Vulnerabilities" -> {
                    read[0] = true;
                    var about = ofCluster ? image(texts[0], json) : Report.ITS_OWN;
                    json.array(() -> vulnerability(json, about, texts[2] == null ? "" : texts[2]));
                }
                default -> {}
            }
        });
        if (ofCluster && "os-pkgs".equals(texts[1]) && texts[0] != null) {
            report.about(image(texts[0], json));
        }
    }

    /** {@code docker.io/redis:6.0.5 (debian 10.4)} without what it is made of. */
    private static String image(@Nullable String target, JsonCursor json) {
        if (target == null) {
            throw json.malformed("\"Target\" is missing");
        }
        int bracket = target.indexOf(" (");
        return bracket < 0 ? target : target.substring(0, bracket);
    }

    private void vulnerability(JsonCursor json, String about, String type) {
        var texts = new @Nullable String[7];
        json.object(field -> {
            switch (field) {
                case "VulnerabilityID" -> texts[0] = json.text();
                case "PkgName" -> texts[1] = json.text();
                case "InstalledVersion" -> texts[2] = json.text();
                case "FixedVersion" -> texts[3] = json.text();
                case "Severity" -> texts[4] = json.text();
                case "Status" -> texts[5] = json.text();
                case "PkgIdentifier" ->
                    json.object(inner -> {
                        if (inner.equals("PURL")) {
                            texts[6] = json.textIfAny();
                        }
                    });
                default -> {}
            }
        });
        if (texts[0] == null || texts[1] == null) {
            throw json.malformed("\"" + (texts[0] == null ? "VulnerabilityID" : "PkgName") + "\" is missing");
        }
        if ("not_affected".equals(texts[5])) {
            report.reject(json.place() + ": " + texts[0] + " does not affect " + texts[1] + ", says the vendor");
            return;
        }
        if (!about.equals(Report.ITS_OWN)) {
            report.about(about);
        }
        report.finding(
                about,
                texts[0],
                Software.ecosystemOf(texts[6]).orElseGet(() -> ecosystem(type)),
                texts[1],
                texts[2] == null ? "" : texts[2],
                texts[3] == null ? List.of() : fixes(texts[3]),
                texts[4],
                json::place);
    }

    private static List<String> fixes(String text) {
        return text.indexOf(',') < 0
                ? List.of(text.strip())
                : Arrays.stream(text.split(",")).map(String::strip).toList();
    }

    /** From Trivy's word for the kind of target (pkg/fanal/types/const.go) when there is no package URL. */
    private static String ecosystem(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "debian", "ubuntu", "echo" -> "deb";
            case "alpine", "wolfi", "chainguard", "minimos" -> "apk";
            case "redhat",
                    "centos",
                    "rocky",
                    "alma",
                    "amazon",
                    "oracle",
                    "fedora",
                    "photon",
                    "cbl-mariner",
                    "azurelinux" -> "rpm";
            case "suse",
                    "sles",
                    "slem",
                    "opensuse",
                    "opensuse-leap",
                    "opensuse-tumbleweed",
                    "suse linux enterprise server" -> "rpm";
            case "jar", "pom", "gradle", "sbt" -> "maven";
            case "npm", "node-pkg", "yarn", "pnpm", "bun" -> "npm";
            case "pip", "python-pkg", "poetry", "pipenv", "uv" -> "pypi";
            case "gomod", "gobinary" -> "golang";
            case "bundler", "gemspec" -> "gem";
            case "cargo", "rustbinary", "rust-binary" -> "cargo";
            case "composer", "composer-vendor" -> "composer";
            case "nuget", "dotnet-core", "packages-props" -> "nuget";
            default -> "generic";
        };
    }
}
