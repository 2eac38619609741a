package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class ImportsTest {

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    JdbcClient jdbc;

    private String token;
    private String asset;

    @BeforeEach
    void signIn() {
        token = people.token(people.someone("vulnerability-analyst"));
        asset = "host-" + UUID.randomUUID();
    }

    @Test
    void theSameInventoryTwiceChangesNothing() {
        var csv = "name,kind,criticality,exposure,ecosystem,package,version\n"
                + asset + ",server,high,public,deb,openssl,3.0.9-1\n"
                + asset + ",server,high,public,deb,bash,5.2-1\n";
        var first = post("/inventory/imports?source=csv", csv);
        assertThat(first.getStatusCode().value()).isEqualTo(201);
        assertThat(first.getBody().path("created").asInt()).isOne();
        var second = post("/inventory/imports?source=csv", csv).getBody();
        assertThat(second.path("unchanged").asInt()).isOne();
        assertThat(second.path("created").asInt() + second.path("updated").asInt())
                .isZero();
        var upgraded = post("/inventory/imports?source=csv", csv.replace("3.0.9-1", "3.0.15-1"))
                .getBody();
        assertThat(upgraded.path("updated").asInt()).isOne();
        assertThat(packages()).containsExactly("bash 5.2-1", "openssl 3.0.15-1");
    }

    @Test
    void aFaultInALateLineKeepsNothing() {
        var answer =
                post("/inventory/imports?source=csv", "name,kind\n" + asset + ",server\n" + asset + "-2,toaster\n");
        assertThat(answer.getStatusCode().value()).isEqualTo(400);
        assertThat(answer.getBody().path("place").asText()).isEqualTo("line 3");
        assertThat(answer.getBody().path("detail").asText()).contains("workstation");
        assertThat(known(asset)).isFalse();
    }

    @Test
    void readsAFactCacheWithItsPackages() {
        var facts = """
                {"ansible_hostname": "%s", "ansible_os_family": "Debian", "ansible_distribution": "Debian",
                 "ansible_distribution_version": "12", "ansible_pkg_mgr": "apt",
                 "packages": {"openssl": [{"name": "openssl", "version": "3.0.9-1", "arch": "amd64"}]}}""".formatted(asset);
        assertThat(post("/inventory/imports?source=ansible-facts", facts)
                        .getStatusCode()
                        .value())
                .isEqualTo(201);
        assertThat(packages()).containsExactly("openssl 3.0.9-1");
    }

    @Test
    void aReportOpensFindingsAndALaterOneClosesThem() {
        post("/inventory/imports?source=csv", "name,kind\n" + asset + ",server\n");
        var report = """
                {"SchemaVersion": 2, "Results": [{"Type": "debian", "Vulnerabilities": [
                  {"VulnerabilityID": "CVE-2099-0001", "PkgName": "openssl", "InstalledVersion": "3.0.9-1",
                   "FixedVersion": "3.0.15-1, 3.1.0-1", "Severity": "HIGH"}]}]}""";
        assertThat(post("/scans/imports?source=trivy&asset=" + asset, report)
                        .getBody()
                        .path("created")
                        .asInt())
                .isOne();
        assertThat(post("/scans/imports?source=trivy&asset=" + asset, report)
                        .getBody()
                        .path("unchanged")
                        .asInt())
                .isOne();
        var empty = "{\"SchemaVersion\": 2, \"Results\": []}";
        assertThat(post("/scans/imports?source=trivy&asset=" + asset, empty)
                        .getBody()
                        .path("closed")
                        .asInt())
                .isOne();
        assertThat(post("/scans/imports?source=trivy&asset=" + asset, report)
                        .getBody()
                        .path("reopened")
                        .asInt())
                .isOne();
        assertThat(jdbc.sql("select fixed_version from finding f join asset a on a.id = f.asset where a.name = ?")
                        .param(asset)
                        .query(String.class)
                        .single())
                .isEqualTo("3.0.15-1");
    }

    @Test
    void grypeNamesTheSameThings() {
        post("/inventory/imports?source=csv", "name,kind\n" + asset + ",server\n");
        var report = """
                {"matches": [{"vulnerability": {"id": "CVE-2099-0002", "severity": "Critical",
                   "fix": {"versions": ["1.2"], "state": "fixed"}},
                  "artifact": {"name": "log4j-core", "version": "1.1", "type": "java-archive",
                               "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@1.1"}}]}""";
        assertThat(post("/scans/imports?source=grype&asset=" + asset, report)
                        .getBody()
                        .path("created")
                        .asInt())
                .isOne();
    }

    @Test
    void aTruncatedReportIsRefusedWhole() {
        post("/inventory/imports?source=csv", "name,kind\n" + asset + ",server\n");
        var answer = post(
                "/scans/imports?source=trivy&asset=" + asset,
                "{\"Results\": [{\"Type\": \"debian\", \"Vulnerabilities\": [{\"VulnerabilityID\": \"CVE-2099-0003\",");
        assertThat(answer.getStatusCode().value()).isEqualTo(400);
        assertThat(answer.getBody().path("place").asText()).startsWith("line 1");
    }

    @Test
    void aFeedIsReadPackedAndAScoreIsComputedFromItsVector() throws IOException {
        var cve = "CVE-2098-" + (1000 + (int) (Math.random() * 8000));
        var nvd = """
                {"vulnerabilities": [{"cve": {"id": "%s", "published": "2098-01-01T00:00:00.000", "vulnStatus": "Analyzed",
                  "descriptions": [{"lang": "en", "value": "x"}], "metrics": {"cvssMetricV31": [{"type": "Primary",
                  "cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 1.0}}]}}}]}""".formatted(cve);
        assertThat(post("/feeds/nvd/imports", gzip(nvd), true)
                        .getBody()
                        .path("created")
                        .asInt())
                .isOne();
        assertThat(jdbc.sql("select cvss3_score::text from vulnerability where cve = ?")
                        .param(cve)
                        .query(String.class)
                        .single())
                .isEqualTo("9.8");
        var epss = "#model_version:v1,score_date:2098-01-02T00:00:00Z\ncve,epss,percentile\n" + cve + ",0.5,0.9\n";
        assertThat(post("/feeds/epss/imports", epss).getBody().path("created").asInt())
                .isOne();
        assertThat(post("/feeds/epss/imports", epss).getBody().path("unchanged").asInt())
                .isOne();
        assertThat(post("/feeds/epss/imports", epss.replace("0.5", "1.5"))
                        .getBody()
                        .path("place")
                        .asText())
                .isEqualTo("line 3");
    }

    @Test
    void aTesterImportsNothing() {
        token = people.token(people.someone("tester"));
        assertThat(post("/inventory/imports?source=csv", "name\n" + asset + "\n")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
    }

    private java.util.List<String> packages() {
        return jdbc.sql("""
                        select v.name || ' ' || v.version from installed_package i
                          join package_version v on v.id = i.package_version join asset a on a.id = i.asset
                         where a.name = ? order by 1""").param(asset).query(String.class).list();
    }

    private boolean known(String name) {
        return jdbc.sql("select exists (select from asset where name = ?)")
                .param(name)
                .query(Boolean.class)
                .single();
    }

    private ResponseEntity<JsonNode> post(String path, String body) {
        return post(path, body.getBytes(StandardCharsets.UTF_8), false);
    }

    private ResponseEntity<JsonNode> post(String path, byte[] body, boolean gzip) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(token);
        headers.setContentType(MediaType.APPLICATION_OCTET_STREAM);
        if (gzip) {
            headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        return http.exchange("/api/v1" + path, HttpMethod.POST, new HttpEntity<>(body, headers), JsonNode.class);
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
