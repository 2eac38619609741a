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

    /** As Trivy writes them: most of a vulnerability is text that nobody here asks for. */
    private static Path file(long size) throws IOException {
        var file = Files.createTempFile("trivy", ".json");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(
                    "{\"SchemaVersion\": 2, \"ArtifactName\": \"bench-image\", \"Results\": [{\"Target\": \"bench-image (debian 12)\", \"Class\": \"os-pkgs\", \"Type\": \"debian\", \"Vulnerabilities\": [\n");
            long written = 0;
            for (int i = 0; written < size; i++) {
                var text = """
                        %s{"VulnerabilityID": "CVE-20%02d-%d", "PkgID": "package-%d@1.2.%d-1", "PkgName": "package-%d",
                          "PkgIdentifier": {"PURL": "pkg:deb/debian/package-%d@1.2.%d-1?arch=amd64&distro=debian-12", "UID": "%08x"},
                          "InstalledVersion": "1.2.%d-1", "FixedVersion": "1.2.%d-1+deb12u1", "Status": "fixed",
                          "Layer": {"DiffID": "sha256:39549bf49d696f172a6513103cdc8f53717024ad1fbce62d680a8e7ddde1a612"},
                          "SeveritySource": "debian", "PrimaryURL": "https://avd.example/nvd/cve-%d",
                          "DataSource": {"ID": "debian", "Name": "Debian Security Tracker", "URL": "https://security-tracker.example"},
                          "Title": "package: a fault of the parser allows a remote attacker to write beyond a buffer",
                          "Description": "%s", "Severity": "HIGH", "CweIDs": ["CWE-787", "CWE-190"],
                          "VendorSeverity": {"nvd": 3, "redhat": 2, "ubuntu": 2},
                          "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8}},
                          "References": ["https://one.example/%d", "https://two.example/%d", "https://three.example/%d", "https://four.example/%d"],
                          "PublishedDate": "2024-09-04T16:15:09Z", "LastModifiedDate": "2025-10-10T01:30:00Z"}
                        """.formatted(
                                i == 0 ? "" : ",",
                                i % 27,
                                1000 + i,
                                i % 3000,
                                i % 50,
                                i % 3000,
                                i % 3000,
                                i % 50,
                                i,
                                i % 50,
                                i % 50,
                                i,
                                "An integer overflow in a function of the library leads to a write beyond the end of a buffer on the heap. "
                                        .repeat(4),
                                i,
                                i,
                                i,
                                i);
                out.write(text);
                written += text.length();
            }
            out.write("]}]}");
        }
        return file;
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
