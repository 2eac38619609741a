package org.patchboard.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.patchboard.inventory.InventoryImports;
import org.patchboard.scanning.Parsing;
import org.patchboard.scanning.ScanImports;
import org.patchboard.shared.Actor;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A report of Trivy, parsed only and imported. Peer: Jackson's tree. Limit: a pass over Jackson's tokens. */
final class ImportReport {

    private static final JsonFactory TOKENS = new JsonFactory();
    private static final ObjectMapper TREE = new ObjectMapper();

    private final ScanImports scans;
    private final InventoryImports inventory;
    private final JdbcClient jdbc;

    ImportReport(ApplicationContext product) {
        scans = product.getBean(ScanImports.class);
        inventory = product.getBean(InventoryImports.class);
        jdbc = product.getBean(JdbcClient.class);
    }

    List<Row> rows() throws Exception {
        var rows = new ArrayList<Row>();
        inventory.importFile(
                "csv",
                new ByteArrayInputStream("name\nbench-image\n".getBytes(StandardCharsets.US_ASCII)),
                null,
                Actor.system("bench"));
        for (int megabytes : new int[] {3, 12, 50}) {
            var file = file(megabytes << 20);
            long bytes = Files.size(file);
            // A first pass of each, so that none is measured cold.
            tokens(file);
            parse(file);
            tree(file);
            var limit = Row.rate(bytes / 1024, Bench.median(() -> tokens(file)));
            var peer = Row.rate(bytes / 1024, Bench.median(() -> tree(file)));
            rows.add(new Row(
                    "parse " + megabytes + " MB",
                    "kB/s",
                    Row.rate(bytes / 1024, Bench.median(() -> parse(file))),
                    peer,
                    limit,
                    0.7));
            rows.add(new Row(
                    "import " + megabytes + " MB",
                    "kB/s",
                    Row.rate(bytes / 1024, Bench.median(this::empty, () -> ours(file))),
                    peer,
                    limit,
                    0.3));
            Files.delete(file);
        }
        return rows;
    }

    /**
     * As Trivy writes them with {@code --format json}, indented. The real ones of schema version 2 in our collection (31
     * vulnerabilities of five distributions) have 4,260 bytes and 99 tokens for a vulnerability, 13 references and a
     * description of 370 characters: most of it is text that nobody here asks for.
     */
    private static Path file(long size) throws IOException {
        var file = Files.createTempFile("trivy", ".json");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("""
                    {
                      "SchemaVersion": 2,
                      "CreatedAt": "2026-08-25T12:20:30.000000005Z",
                      "ArtifactName": "bench-image",
                      "ArtifactType": "container_image",
                      "Results": [
                        {
                          "Target": "bench-image (debian 12)",
                          "Class": "os-pkgs",
                          "Type": "debian",
                          "Vulnerabilities": [
                    """);
            long written = 0;
            for (int i = 0; written < size; i++) {
                var text = (i == 0 ? "" : ",\n") + vulnerability(i).indent(8).stripTrailing();
                out.write(text);
                written += text.length();
            }
            out.write("\n      ]\n    }\n  ]\n}\n");
        }
        return file;
    }

    private static String vulnerability(int i) {
        var cve = "CVE-20%02d-%d".formatted(i % 27, 1000 + i);
        var name = "package-" + i % 3000;
        var version = "1.2.%d-1".formatted(i % 50);
        var references = IntStream.range(0, 8 + i % 11)
                .mapToObj(at -> "    \"https://lists.distribution%d.example/archives/security/announce/2024/%s.html\""
                        .formatted(at, cve))
                .collect(Collectors.joining(",\n"));
        return """
                {
                  "VulnerabilityID": "%1$s",
                  "PkgID": "%2$s@%3$s",
                  "PkgName": "%2$s",
                  "PkgIdentifier": {
                    "PURL": "pkg:deb/debian/%2$s@%3$s?arch=amd64\\u0026distro=debian-12",
                    "UID": "%4$016x"
                  },
                  "InstalledVersion": "%3$s",
                  "FixedVersion": "%3$s+deb12u1",
                  "Status": "fixed",
                  "Layer": {
                    "Digest": "sha256:35c102085707f703de2d9eaad8752d6fe1b8f02b5d2149f1d8357c9cc7fb7d0a",
                    "DiffID": "sha256:6cebf3abed5fac58d2e792ce8461454e92c245d5312c42118f02e231a73b317f"
                  },
                  "SeveritySource": "debian",
                  "PrimaryURL": "https://avd.scanner.example/nvd/%1$s",
                  "DataSource": {
                    "ID": "debian",
                    "Name": "Debian Security Tracker",
                    "URL": "https://tracker.distribution.example/security-tracker-team/security-tracker"
                  },
                  "Fingerprint": "sha256:3eb059eaf0d15c3b12577858405b74958ba73745fe7b4ae1bc0eb0ae30dc7adf",
                  "Title": "library: a fault of the parser allows a remote attacker to write beyond a buffer",
                  "Description": "An integer overflow in a function of the \\"library\\" leads to a write beyond the end of a buffer on the heap when a file of an unusual size is opened. An attacker who can make somebody open such a file can stop the program, and perhaps run code of his own choice with the rights of that person. All versions before the one of this autumn are affected; there is no way around it but the new version.",
                  "Severity": "HIGH",
                  "CweIDs": [
                    "CWE-787"
                  ],
                  "VendorSeverity": {
                    "amazon": 2,
                    "debian": 1,
                    "nvd": 3,
                    "oracle-oval": 2,
                    "photon": 3,
                    "redhat": 2,
                    "ubuntu": 2
                  },
                  "CVSS": {
                    "nvd": {
                      "V2Vector": "AV:L/AC:L/Au:N/C:C/I:C/A:C",
                      "V3Vector": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
                      "V2Score": 7.2,
                      "V3Score": 7.8
                    },
                    "redhat": {
                      "V3Vector": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
                      "V3Score": 7.8
                    }
                  },
                  "References": [
                %5$s
                  ],
                  "PublishedDate": "2024-09-04T16:15:09Z",
                  "LastModifiedDate": "2025-10-10T01:30:00Z"
                }
                """.formatted(cve, name, version, i, references);
    }

    private static InputStream open(Path file) throws IOException {
        return Files.newInputStream(file);
    }

    private static void tokens(Path file) throws IOException {
        try (var parser = TOKENS.createParser(open(file))) {
            while (parser.nextToken() != null) {}
        }
    }

    private static void tree(Path file) throws IOException {
        try (var in = open(file)) {
            long found = 0;
            for (var result : TREE.readTree(in).path("Results")) {
                for (var vulnerability : result.path("Vulnerabilities")) {
                    found += vulnerability.path("VulnerabilityID").asText().length();
                }
            }
            if (found == 0) {
                throw new IllegalStateException("nothing found");
            }
        }
    }

    private static void parse(Path file) throws IOException {
        try (var in = open(file)) {
            if (Parsing.trivy(in) == 0) {
                throw new IllegalStateException("nothing found");
            }
        }
    }

    private void empty() {
        jdbc.sql("truncate finding, scan cascade").update();
        jdbc.sql("checkpoint").update();
    }

    private void ours(Path file) throws IOException {
        try (var in = open(file)) {
            scans.importReport("trivy", in, "bench-image", Actor.system("bench"));
        }
    }
}
