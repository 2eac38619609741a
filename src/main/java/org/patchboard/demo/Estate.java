package org.patchboard.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** About two hundred assets in seven maintenance groups, their windows, and what a scanner found on them. */
final class Estate {

    /** Hosts that share an owner, windows and a way of installing. */
    record Group(String id, String name, String zone, String deployer, String verifier) {}

    /** A finding as a report names it, with the versions of the vendor's advisory. */
    record Weakness(
            String cve,
            String scannerType,
            String ecosystem,
            String software,
            String installed,
            String fixed,
            String severity) {}

    /** Assets with names counted from 1, and what is wrong with the first so many of them. */
    private record Fleet(
            String prefix,
            int count,
            String kind,
            String group,
            String environment,
            String exposure,
            String criticality,
            String os,
            String version,
            List<Weakness> weaknesses) {}

    private static final Weakness GLIBC = deb("CVE-2023-4911", "libc6", "2.36-9+deb12u1", "2.36-9+deb12u3", "HIGH");
    private static final Weakness HTTP2 =
            deb("CVE-2023-44487", "libnghttp2-14", "1.52.0-1", "1.52.0-1+deb12u1", "HIGH");
    private static final Weakness SSH =
            deb("CVE-2024-6387", "openssh-server", "1:9.2p1-2+deb12u2", "1:9.2p1-2+deb12u3", "HIGH");
    private static final Weakness CURL =
            deb("CVE-2023-38545", "curl", "7.88.1-10+deb12u1", "7.88.1-10+deb12u4", "CRITICAL");
    private static final Weakness KERNEL = deb("CVE-2024-1086", "linux-image-amd64", "6.1.69-1", "6.1.76-1", "HIGH");
    private static final Weakness WEBP = deb("CVE-2023-4863", "libwebp7", "1.2.4-0.2", "1.2.4-0.2+deb12u1", "HIGH");
    private static final Weakness OPENSSL =
            deb("CVE-2023-5678", "openssl", "3.0.11-1~deb12u2", "3.0.13-1~deb12u1", "MEDIUM");
    private static final Weakness LOG4J = new Weakness(
            "CVE-2021-44228", "jar", "maven", "org.apache.logging.log4j:log4j-core", "2.14.1", "2.17.1", "CRITICAL");
    private static final Weakness IOS_XE =
            new Weakness("CVE-2023-20198", "cisco", "generic", "ios-xe", "17.9.3", "17.9.4a", "CRITICAL");

    static final List<Group> GROUPS = List.of(
            new Group("staging", "Staging", "Europe/Berlin", "simulator", "simulator"),
            new Group("web", "Public web servers", "Europe/Berlin", "simulator", "simulator"),
            new Group("databases", "Databases", "Europe/Berlin", "simulator", "simulator"),
            new Group("applications", "Application servers", "Europe/Lisbon", "simulator", "simulator"),
            new Group("workstations", "Workstations", "Europe/Berlin", "simulator", "simulator"),
            new Group("kiosks", "Kiosks in the branches", "Europe/Lisbon", "simulator", "simulator"),
            new Group("network", "Network devices", "UTC", "manual", "report"),
            new Group("images", "Container images", "UTC", "simulator", "simulator"));

    private static final List<Fleet> FLEETS = List.of(
            servers("stg", 14, "staging", "test", "internal", "low", List.of(GLIBC)),
            servers("stg-lab", 1, "staging", "lab", "internal", "low", List.of(GLIBC)),
            servers("web-ber", 14, "web", "production", "public", "high", List.of(HTTP2, OPENSSL)),
            servers("web-lis", 10, "web", "production", "public", "high", List.of(HTTP2)),
            servers("web-lab", 1, "web", "lab", "internal", "low", List.of(HTTP2)),
            servers("db", 15, "databases", "production", "internal", "very-high", List.of(SSH)),
            servers("db-lab", 1, "databases", "lab", "internal", "low", List.of(SSH)),
            servers("app", 40, "applications", "production", "internal", "high", List.of(CURL, OPENSSL)),
            servers("app-lab", 2, "applications", "lab", "internal", "low", List.of(CURL)),
            new Fleet(
                    "ws",
                    76,
                    "workstation",
                    "workstations",
                    "production",
                    "internal",
                    "medium",
                    "Debian",
                    "12",
                    List.of(WEBP)),
            // The simulator fails to install on a host of this name, so the canary halts.
            new Fleet(
                    "kiosk-broken",
                    1,
                    "workstation",
                    "kiosks",
                    "production",
                    "internal",
                    "low",
                    "Debian",
                    "12",
                    List.of(KERNEL)),
            new Fleet(
                    "kiosk",
                    9,
                    "workstation",
                    "kiosks",
                    "production",
                    "internal",
                    "medium",
                    "Debian",
                    "12",
                    List.of(KERNEL)),
            new Fleet(
                    "edge-router",
                    6,
                    "network-device",
                    "network",
                    "production",
                    "public",
                    "very-high",
                    "IOS XE",
                    "17.9",
                    List.of(IOS_XE)),
            new Fleet(
                    "registry.example/shop",
                    8,
                    "container-image",
                    "images",
                    "production",
                    "public",
                    "high",
                    "Debian",
                    "12",
                    List.of(LOG4J)));

    private Estate() {}

    private static Weakness deb(String cve, String software, String installed, String fixed, String severity) {
        return new Weakness(cve, "debian", "deb", software, installed, fixed, severity);
    }

    private static Fleet servers(
            String prefix,
            int count,
            String group,
            String environment,
            String exposure,
            String criticality,
            List<Weakness> weaknesses) {
        return new Fleet(
                prefix, count, "server", group, environment, exposure, criticality, "Debian", "12", weaknesses);
    }

    /** The inventory as the file a person would import. */
    static String csv() {
        var csv = new StringBuilder(
                "name,kind,os_family,os_name,os_version,address,maintenance_group,criticality,exposure,environment,ha_group,tags,ecosystem,package,version\n");
        int network = 0;
        for (var fleet : FLEETS) {
            network++;
            for (int number = 1; number <= fleet.count(); number++) {
                for (var weakness : fleet.weaknesses()) {
                    csv.append(String.join(
                                    ",",
                                    name(fleet, number),
                                    fleet.kind(),
                                    fleet.os(),
                                    fleet.os(),
                                    fleet.version(),
                                    "198.18.%d.%d".formatted(network, number),
                                    fleet.group(),
                                    fleet.criticality(),
                                    fleet.exposure(),
                                    fleet.environment(),
                                    fleet.prefix().equals("db") ? "db-pair-" + (number + 1) / 2 : "",
                                    fleet.environment().equals("lab") ? "lab" : "",
                                    weakness.ecosystem(),
                                    weakness.software(),
                                    weakness.installed()))
                            .append('\n');
                }
            }
        }
        return csv.toString();
    }

    /** A scanner's report, to be imported for one asset. */
    record Scan(String asset, Map<String, Object> report) {}

    static List<Scan> scans() {
        var scans = new ArrayList<Scan>();
        for (var fleet : FLEETS) {
            for (int number = 1; number <= fleet.count(); number++) {
                scans.add(new Scan(name(fleet, number), report(fleet.weaknesses())));
            }
        }
        return scans;
    }

    private static String name(Fleet fleet, int number) {
        if (fleet.count() == 1) {
            return fleet.prefix();
        }
        return fleet.kind().equals("container-image")
                ? fleet.prefix() + number + ":1.4"
                : "%s-%02d".formatted(fleet.prefix(), number);
    }

    private static Map<String, Object> report(List<Weakness> weaknesses) {
        return Map.of(
                "SchemaVersion",
                2,
                "Results",
                weaknesses.stream().map(Estate::result).toList());
    }

    /** In the order in which Trivy writes it: the type first. */
    private static Map<String, Object> result(Weakness weakness) {
        var result = new LinkedHashMap<String, Object>();
        result.put("Type", weakness.scannerType());
        result.put(
                "Vulnerabilities",
                List.of(Map.of(
                        "VulnerabilityID", weakness.cve(),
                        "PkgName", weakness.software(),
                        "InstalledVersion", weakness.installed(),
                        "FixedVersion", weakness.fixed(),
                        "Severity", weakness.severity())));
        return result;
    }

    /** Windows as the API takes them: two groups are open at any time, so that their changes are carried out at once. */
    static List<Map<String, Object>> windows() {
        return List.of(
                window("Staging, at any time", "staging", "2026-01-01T00:00", "PT24H", "FREQ=DAILY"),
                window("Kiosks, at any time", "kiosks", "2026-01-01T00:00", "PT24H", "FREQ=DAILY"),
                window("Web servers, Sunday night", "web", "2026-01-04T02:00", "PT4H", "FREQ=WEEKLY;BYDAY=SU"),
                window("Databases, first Saturday", "databases", "2026-01-03T22:00", "PT6H", "FREQ=MONTHLY;BYDAY=1SA"),
                window("Applications, every night", "applications", "2026-01-01T22:00", "PT6H", "FREQ=DAILY"),
                window(
                        "Workstations, at lunch",
                        "workstations",
                        "2026-01-05T12:00",
                        "PT2H",
                        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
                window("Network, Tuesday night", "network", "2026-01-06T01:00", "PT3H", "FREQ=WEEKLY;BYDAY=TU"),
                window("Images, every morning", "images", "2026-01-01T05:00", "PT1H", "FREQ=DAILY"));
    }

    private static Map<String, Object> window(String name, String group, String start, String duration, String rule) {
        return Map.of(
                "name",
                name,
                "zone",
                GROUPS.stream()
                        .filter(some -> some.id().equals(group))
                        .findFirst()
                        .orElseThrow()
                        .zone(),
                "start",
                start,
                "duration",
                duration,
                "rrule",
                rule,
                "exdates",
                List.of(),
                "scope",
                Map.of("maintenanceGroup", group),
                "permits",
                List.of());
    }
}
