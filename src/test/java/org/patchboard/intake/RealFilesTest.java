package org.patchboard.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.patchboard.PatchboardTest;
import org.patchboard.advisory.Feeds;
import org.patchboard.inventory.InventoryImports;
import org.patchboard.scanning.ScanImports;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Files that real tools and offices wrote, beside the project in a folder with a manifest that says what must come out of
 * each. Skipped, loudly, where the folder is not; {@code -Dreal-files=FOLDER} names another place.
 */
@PatchboardTest
class RealFilesTest {

    private static final Path FOLDER = Path.of(System.getProperty("real-files", "../shared/data"));
    private static final Actor ACTOR = Actor.system("test");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    Feeds feeds;

    @Autowired
    InventoryImports inventory;

    @Autowired
    ScanImports scans;

    @Autowired
    JdbcClient jdbc;

    private record RealFile(String name, Path path, JsonNode expected) {

        int number(String fact) {
            return expected.path(fact).asInt();
        }
    }

    private interface Check {
        void of(RealFile file) throws IOException;
    }

    private static Stream<DynamicTest> each(String folder, Check check) throws IOException {
        var manifest = FOLDER.resolve("MANIFEST.tsv");
        if (!Files.exists(manifest)) {
            var sentence =
                    "there are no real files at " + FOLDER.toAbsolutePath().normalize();
            System.err.println("SKIPPED, NOT TESTED: " + sentence);
            Assumptions.abort(sentence);
        }
        return Files.readAllLines(manifest).stream()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .filter(columns -> columns[0].startsWith(folder))
                .map(columns -> {
                    try {
                        return new RealFile(columns[0], FOLDER.resolve(columns[0]), JSON.readTree(columns[8]));
                    } catch (IOException e) {
                        throw new IllegalStateException(columns[0], e);
                    }
                })
                .map(file -> DynamicTest.dynamicTest(file.name(), () -> check.of(file)));
    }

    private static InputStream open(RealFile file) throws IOException {
        return new BufferedInputStream(Files.newInputStream(file.path()));
    }

    private ImportCounts feed(String feed, RealFile file) throws IOException {
        try (var content = open(file)) {
            return feeds.importFile(feed, content, ACTOR);
        }
    }

    private ImportCounts inventory(String source, RealFile file, @Nullable String asset) throws IOException {
        try (var content = open(file)) {
            return inventory.importFile(source, content, asset, ACTOR);
        }
    }

    private static void saysTheSameTwice(ImportCounts first, ImportCounts second) {
        assertThat(second.created() + second.updated()).isZero();
        assertThat(second.unchanged()).isEqualTo(first.created() + first.updated() + first.unchanged());
    }

    private long count(String sql, Object... parameters) {
        return jdbc.sql(sql).params(parameters).query(Long.class).single();
    }

    @TestFactory
    Stream<DynamicTest> kev() throws IOException {
        return each("kev/", file -> {
            if (!file.expected().has("entries")) {
                assertThatThrownBy(() -> feed("kev", file)).isInstanceOf(MalformedInput.class);
                return;
            }
            var first = feed("kev", file);
            assertThat(first.read()).isEqualTo(file.number("entries"));
            saysTheSameTwice(first, feed("kev", file));
            var cves = new TreeSet<String>();
            JSON.readTree(file.path().toFile())
                    .path("vulnerabilities")
                    .forEach(entry -> cves.add(entry.path("cveID").asText()));
            assertThat(cves).hasSize(file.number("distinct_cve"));
            assertThat(count("select count(*) from kev_entry where ransomware and cve = any(?)", (Object)
                            cves.toArray(String[]::new)))
                    .isEqualTo(file.number("ransomware_known"));
        });
    }

    @TestFactory
    Stream<DynamicTest> epss() throws IOException {
        return each("epss/", file -> {
            var comment = file.expected().path("comment").asText("");
            var header = file.expected().path("header").toString();
            if (!comment.contains("score_date") || !header.equals("[\"cve\",\"epss\",\"percentile\"]")) {
                assertThatThrownBy(() -> feed("epss", file)).isInstanceOf(MalformedInput.class);
                return;
            }
            var first = feed("epss", file);
            assertThat(first.read()).isEqualTo(file.number("rows"));
            assertThat(first.created() + first.updated() + first.unchanged()).isEqualTo(file.number("distinct_cve"));
            saysTheSameTwice(first, feed("epss", file));
            assertThat(count(
                            "select count(*) from epss_score where cve = ? and (score = ? or score_date > ?::date)",
                            file.expected().path("max").path(1).asText(),
                            file.expected().path("max").path(0).decimalValue(),
                            comment.replaceAll(".*score_date:(.{10}).*", "$1")))
                    .as("its highest score, unless a newer day is known")
                    .isOne();
        });
    }

    @TestFactory
    Stream<DynamicTest> nvd() throws IOException {
        return each("nvd/", file -> {
            if (!file.expected().has("records")) {
                assertThatThrownBy(() -> feed("nvd", file)).isInstanceOf(MalformedInput.class);
                return;
            }
            var first = feed("nvd", file);
            assertThat(first.read()).isEqualTo(file.number("records"));
            assertThat(first.created() + first.updated() + first.unchanged()).isEqualTo(file.number("distinct"));
            saysTheSameTwice(first, feed("nvd", file));
            var cves = new TreeSet<String>();
            JSON.readTree(file.path().toFile())
                    .path("vulnerabilities")
                    .forEach(entry -> cves.add(entry.path("cve").path("id").asText()));
            assertThat(jdbc.sql("select max(greatest(cvss3_score, cvss4_score)) from vulnerability where cve = any(?)")
                            .param(cves.toArray(String[]::new))
                            .query(Double.class)
                            .single())
                    .isEqualTo(file.expected().path("max_cvss").asDouble());
        });
    }

    @TestFactory
    Stream<DynamicTest> cveRecords() throws IOException {
        return each("cve5/", file -> {
            if (!file.expected().has("state")) {
                return;
            }
            var cve = file.expected().path("id").asText();
            var first = feed("vulnrichment", file);
            assertThat(first.read()).isOne();
            saysTheSameTwice(first, feed("vulnrichment", file));
            var options = new HashMap<String, String>();
            file.expected()
                    .path("ssvc")
                    .forEach(pair ->
                            options.put(pair.path(0).asText(), pair.path(1).asText()));
            assertThat(count("select count(*) from ssvc_assessment where cve = ?", cve))
                    .isEqualTo(options.isEmpty() ? 0 : 1);
            assertThat(first.rejected()).hasSize(options.isEmpty() ? 1 : 0);
            if (!options.isEmpty()) {
                assertThat(jdbc.sql("select * from ssvc_assessment where cve = ?")
                                .param(cve)
                                .query()
                                .singleRow())
                        .containsEntry("exploitation", options.get("Exploitation"))
                        .containsEntry("automatable", "yes".equals(options.get("Automatable")))
                        .containsEntry("technical_impact", options.get("Technical Impact"));
            }
            for (var score : file.expected().path("cvss")) {
                assertThat(jdbc.sql("select cvss3_score from vulnerability where cve = ?")
                                .param(cve)
                                .query(Double.class)
                                .single())
                        .isEqualTo(score.path(1).asDouble());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> ansibleFacts() throws IOException {
        return Stream.concat(each("ansible/", this::facts), each("generated-here/factcache_", this::facts));
    }

    private void facts(RealFile file) throws IOException {
        if (!file.expected().has("wrapper")) {
            return;
        }
        var asset = "real-" + UUID.randomUUID();
        var first = inventory("ansible-facts", file, asset);
        assertThat(first.read()).isOne();
        if (file.expected().path("unreachable").asBoolean()) {
            assertThat(first.created()).isZero();
            assertThat(first.rejected()).singleElement().asString().contains("unreachable");
            return;
        }
        saysTheSameTwice(first, inventory("ansible-facts", file, asset));
        var row = jdbc.sql("select * from asset where name = ?")
                .param(asset)
                .query()
                .singleRow();
        Map.of(
                        "os",
                        "os_name",
                        "os_version",
                        "os_version",
                        "family",
                        "os_family",
                        "kernel",
                        "kernel",
                        "ipv4",
                        "address")
                .forEach((fact, column) -> assertThat(row)
                        .as(fact)
                        .containsEntry(column, file.expected().path(fact).asText(null)));
    }

    @TestFactory
    Stream<DynamicTest> packageFacts() throws IOException {
        return each("generated-here/package_facts", file -> {
            var asset = "real-" + UUID.randomUUID();
            inventory("ansible-facts", file, asset);
            assertThat(jdbc.sql("""
                            select v.name from installed_package i join package_version v on v.id = i.package_version
                              join asset a on a.id = i.asset where a.name = ?""").param(asset).query(String.class).list()).hasSize(file.number("packages"));
            for (var name : List.of("libssl3", "prdemo")) {
                assertThat(jdbc.sql("""
                                select v.version from installed_package i join package_version v on v.id = i.package_version
                                  join asset a on a.id = i.asset where a.name = ? and v.name = ? and v.ecosystem = 'deb'""").params(asset, name).query(String.class).single())
                        .isEqualTo(file.expected().path(name).asText());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> bills() throws IOException {
        return each("sbom/", file -> {
            var asset = "real-" + UUID.randomUUID();
            if (!file.expected().has("components_all")) {
                assertThatThrownBy(() -> inventory("cyclonedx", file, asset)).isInstanceOf(MalformedInput.class);
                return;
            }
            var first = inventory("cyclonedx", file, asset);
            assertThat(first.read()).isEqualTo(file.number("components_all"));
            saysTheSameTwice(first, inventory("cyclonedx", file, asset));
            var urls = file.expected().has("with_purl") ? file.number("with_purl") : file.number("purls");
            var packages = count("""
                    select count(*) from installed_package i join asset a on a.id = i.asset where a.name = ?""", asset);
            assertThat(packages)
                    .as("a package may be there in several places")
                    .isBetween((long) Math.ceil(urls * 0.9) - first.rejected().size(), (long) urls);
        });
    }

    private void known(String asset) {
        inventory.importFile(
                "csv",
                new java.io.ByteArrayInputStream(
                        ("name\n" + asset + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                null,
                ACTOR);
    }

    private ScanImports.ScanCounts scan(String source, RealFile file, String asset) throws IOException {
        try (var content = open(file)) {
            return scans.importReport(source, content, asset, ACTOR);
        }
    }

    private Set<String> column(String column, String asset) {
        return new TreeSet<>(
                jdbc.sql("select f." + column + " from finding f join asset a on a.id = f.asset where a.name = ?")
                        .param(asset)
                        .query(String.class)
                        .list());
    }

    @TestFactory
    Stream<DynamicTest> trivy() throws IOException {
        return each("trivy/", file -> {
            var asset = "real-" + UUID.randomUUID();
            known(asset);
            var first = scan("trivy", file, asset);
            var leftOut = first.rejected().size();
            assertThat(leftOut)
                    .isEqualTo(
                            file.expected().path("status").path("not_affected").asInt());
            assertThat(first.created()).isEqualTo(first.findings());
            assertThat(first.findings())
                    .isBetween((long) file.number("distinct_ids") - leftOut, (long) file.number("vulns"));
            var second = scan("trivy", file, asset);
            assertThat(second.unchanged()).isEqualTo(first.findings());
            assertThat(column("cve", asset)).hasSize(file.number("distinct_ids") - leftOut);
            if (leftOut == 0) {
                assertThat(column("package", asset)).hasSize(file.number("distinct_pkg"));
            }
            assertThat(count("""
                            select count(*) from finding f join asset a on a.id = f.asset
                             where a.name = ? and f.fixed_version is not null""", asset) > 0).isEqualTo(file.number("with_fix") > 0);
            assertThat(column("severity", asset))
                    .hasSize(file.expected().path("severity").size());
        });
    }

    @TestFactory
    Stream<DynamicTest> grype() throws IOException {
        return each("grype/", file -> {
            if (!file.expected().has("matches")) {
                return;
            }
            var asset = "real-" + UUID.randomUUID();
            known(asset);
            var first = scan("grype", file, asset);
            assertThat(first.created()).isEqualTo(first.findings());
            assertThat(first.findings()).isGreaterThanOrEqualTo(file.number("distinct_ids"));
            assertThat(scan("grype", file, asset).unchanged()).isEqualTo(first.findings());
            var cves = column("cve", asset);
            if (file.path().getFileName().toString().contains("amazon")) {
                assertThat(cves).as("advisories by the CVEs they are about").allMatch(id -> id.startsWith("CVE-"));
            } else {
                assertThat(cves).hasSize(file.number("distinct_ids"));
            }
            // Before 0.10 Grype wrote one fix beside the match, which the manifest does not count.
            if (!file.expected().path("fix").has("null")) {
                assertThat(count("""
                                select count(*) from finding f join asset a on a.id = f.asset
                                 where a.name = ? and f.fixed_version is not null""", asset) > 0)
                        .isEqualTo(file.expected().path("fix").path("fixed").asInt() > 0);
            }
        });
    }
}
