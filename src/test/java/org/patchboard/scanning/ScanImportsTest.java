package org.patchboard.scanning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.inventory.InventoryImports;
import org.patchboard.scanning.ScanImports.ScanCounts;
import org.patchboard.shared.Actor;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class ScanImportsTest {

    private static final Actor ACTOR = Actor.system("test");

    @Autowired
    ScanImports scans;

    @Autowired
    Findings findings;

    @Autowired
    InventoryImports inventory;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TestClock clock;

    private final String host = "scan-" + UUID.randomUUID();

    private void inventory(String asset, String... versionsOfCurl) {
        var csv = new StringBuilder("name,ecosystem,package,version\n");
        if (versionsOfCurl.length == 0) {
            csv.append(asset).append(",,,\n");
        }
        for (var version : versionsOfCurl) {
            csv.append(asset).append(",deb,curl,").append(version).append('\n');
        }
        inventory.importFile(
                "csv", new ByteArrayInputStream(csv.toString().getBytes(StandardCharsets.UTF_8)), null, ACTOR);
    }

    private ScanCounts scan(String source, String asset, String report) {
        return scans.importReport(
                source, new ByteArrayInputStream(report.getBytes(StandardCharsets.UTF_8)), asset, ACTOR);
    }

    private static String trivy(Instant made, String... vulnerabilities) {
        return "{\"SchemaVersion\": 2, %s\"ArtifactName\": \"x\", \"Results\": [{\"Target\": \"x\", \"Class\": \"os-pkgs\", \"Type\": \"debian\", \"Vulnerabilities\": [%s]}]}"
                .formatted(made == null ? "" : "\"CreatedAt\": \"" + made + "\", ", String.join(",", vulnerabilities));
    }

    private static String curl(String cve, String installed, String fixed) {
        return "{\"VulnerabilityID\": \"%s\", \"PkgName\": \"curl\", \"InstalledVersion\": \"%s\", \"FixedVersion\": \"%s\", \"Severity\": \"HIGH\"}"
                .formatted(cve, installed, fixed);
    }

    private List<String> findings(String asset) {
        return jdbc.sql("""
                        select concat_ws(' ', cve, ecosystem, package, fixed_version, state)
                          from finding f join asset a on a.id = f.asset where a.name = ? order by 1""").param(asset).query(String.class).list();
    }

    @Test
    void opensNothingThatTheInventoryKnowsToBeFixed() {
        inventory(host, "7.88.1-10");
        var counts = scan(
                "trivy",
                host,
                trivy(
                        null,
                        curl("CVE-2099-1", "7.88.1-9", "7.88.1-9+deb12u1"),
                        curl("CVE-2099-2", "7.88.1-9", "7.88.1-11")));
        assertThat(counts.findings()).isEqualTo(2);
        assertThat(counts.unmatched()).isOne();
        assertThat(counts.created()).isOne();
        assertThat(findings(host)).containsExactly("CVE-2099-2 deb curl 7.88.1-11 open");
    }

    @Test
    void ofSeveralVersionsInstalledTheOldestIsStillThere() {
        inventory(host, "7.88.1-9", "7.88.1-12");
        assertThat(scan("trivy", host, trivy(null, curl("CVE-2099-1", "7.88.1-9", "7.88.1-10")))
                        .created())
                .isOne();
    }

    @Test
    void believesAReportThatIsNewerThanTheInventory() {
        inventory(host, "7.88.1-10");
        clock.forward(Duration.ofHours(1));
        assertThat(scan("trivy", host, trivy(clock.instant(), curl("CVE-2099-1", "7.88.1-8", "7.88.1-9")))
                        .created())
                .isOne();
    }

    @Test
    void aNewerInventoryClosesWhatItShowsToBeFixedButNotWhatAChangeCarries() {
        inventory(host, "7.88.1-8");
        scan(
                "trivy",
                host,
                trivy(null, curl("CVE-2099-1", "7.88.1-8", "7.88.1-9"), curl("CVE-2099-2", "7.88.1-8", "7.88.1-9")));
        jdbc.sql(
                        "update finding set change_id = 'CHG-X' where cve = 'CVE-2099-2' and asset = (select id from asset where name = ?)")
                .param(host)
                .update();
        clock.forward(Duration.ofHours(1));
        inventory(host, "7.88.1-10");
        findings.closeSeenInstalled(clock.instant().minusSeconds(1));
        assertThat(findings(host))
                .containsExactly("CVE-2099-1 deb curl 7.88.1-9 closed", "CVE-2099-2 deb curl 7.88.1-9 open");
    }

    @Test
    void refusesAReportOlderThanTheLastOne() {
        inventory(host);
        var yesterday = clock.instant().minus(Duration.ofDays(1));
        scan("trivy", host, trivy(clock.instant(), curl("CVE-2099-1", "1", "2")));
        assertThatThrownBy(() -> scan("trivy", host, trivy(yesterday)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("a newer one of trivy about " + host);
        assertThat(findings(host)).containsExactly("CVE-2099-1 deb curl 2 open");
        assertThat(scan(
                                "grype",
                                host,
                                "{\"matches\": [], \"descriptor\": {\"timestamp\": \"%s\"}}".formatted(yesterday))
                        .closed())
                .as("another scanner's report has an age of its own")
                .isZero();
    }

    @Test
    void refusesAReportFromTheFuture() {
        inventory(host);
        assertThatThrownBy(() -> scan("trivy", host, trivy(clock.instant().plus(Duration.ofDays(2)))))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("yet to come");
    }

    @Test
    void opensClosesAndReopensAndTheSameReportTwiceChangesNothing() {
        inventory(host);
        var report = trivy(clock.instant(), curl("CVE-2099-1", "1", "2"), curl("CVE-2099-2", "1", "3"));
        assertThat(scan("trivy", host, report).created()).isEqualTo(2);
        assertThat(scan("trivy", host, report)).isEqualTo(new ScanCounts(2, 0, 0, 0, 2, 0, List.of()));
        clock.forward(Duration.ofHours(1));
        assertThat(scan("trivy", host, trivy(clock.instant(), curl("CVE-2099-2", "1", "3"))))
                .isEqualTo(new ScanCounts(1, 0, 0, 1, 1, 0, List.of()));
        clock.forward(Duration.ofHours(1));
        assertThat(scan("trivy", host, trivy(clock.instant(), curl("CVE-2099-1", "1", "2"))))
                .isEqualTo(new ScanCounts(1, 0, 1, 1, 0, 0, List.of()));
    }

    @Test
    void takesTheNearestFixAboveWhatIsInstalled() {
        inventory(host);
        scan("trivy", host, trivy(null, curl("CVE-2099-1", "3.1.0-1", "3.0.15-1, 3.2.0-1, 3.1.4-1")));
        assertThat(findings(host)).containsExactly("CVE-2099-1 deb curl 3.1.4-1 open");
    }

    @Test
    void readsTheListThatTrivyWroteBeforeItsSchema() {
        inventory(host);
        assertThat(scan(
                                "trivy",
                                host,
                                "[{\"Target\": \"debian\", \"Type\": \"debian\", \"Vulnerabilities\": [%s]}, {\"Target\": \"app\", \"Vulnerabilities\": null}]"
                                        .formatted(curl("CVE-2099-1", "1", "2")))
                        .created())
                .isOne();
    }

    @Test
    void aReportOfAClusterIsAboutEachOfItsImages() {
        var image = "registry.example/shop-" + UUID.randomUUID() + ":1";
        inventory(image);
        var cluster = """
                {"ClusterName": "c", "Resources": [
                  {"Kind": "Deployment", "Results": [{"Target": "%s (debian 12)", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [%s]}]},
                  {"Kind": "Deployment", "Results": [{"Target": "unknown:1 (debian 12)", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [%s]}]},
                  {"Kind": "Service", "Results": [{"Target": "Service/x", "Class": "config", "Type": "kubernetes"}]}]}""".formatted(image, curl("CVE-2099-1", "1", "2"), curl("CVE-2099-2", "1", "2"));
        var counts = scan("trivy", null, cluster);
        assertThat(counts.created()).isOne();
        assertThat(counts.rejected()).containsExactly("there is no asset unknown:1");
        assertThat(findings(image)).containsExactly("CVE-2099-1 deb curl 2 open");
        inventory(host);
        assertThat(scan("trivy", host, cluster).created())
                .as("all of it is the asset's when one is named")
                .isEqualTo(2);
    }

    @Test
    void aReportOfAnImageSaysItselfWhatItIsAbout() {
        var image = "registry.example/app-" + UUID.randomUUID() + ":2";
        inventory(image);
        assertThat(scan(
                                "trivy",
                                null,
                                trivy(null, curl("CVE-2099-1", "1", "2"))
                                        .replace("\"ArtifactName\": \"x\"", "\"ArtifactName\": \"" + image + "\""))
                        .created())
                .isOne();
        assertThat(scan(
                                "grype",
                                null,
                                "{\"matches\": [], \"source\": {\"type\": \"image\", \"target\": {\"userInput\": \""
                                        + image + "\"}}}")
                        .findings())
                .isZero();
        assertThatThrownBy(() -> scan("trivy", null, trivy(null)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("There is no asset x");
        assertThatThrownBy(() -> scan("grype", null, "{\"matches\": []}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("asset=NAME");
    }

    @Test
    void callsGrypesFindingsAsEverybodyElseDoes() {
        inventory(host);
        scan("grype", host, """
                {"matches": [
                  {"vulnerability": {"id": "GHSA-jfh8-c2jp-5v3q", "severity": "Critical", "fix": {"versions": ["2.15.0", "2.12.2"], "state": "fixed"}},
                   "relatedVulnerabilities": [{"id": "CVE-2021-44228"}],
                   "artifact": {"name": "log4j-core", "version": "2.14.1", "type": "java-archive",
                                "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}},
                  {"vulnerability": {"id": "ALAS-2024-1", "severity": "Medium", "fix": null}, "relatedVulnerabilities": [{"id": "CVE-2099-7"}, {"id": "CVE-2099-8"}],
                   "artifact": {"name": "krb5-libs", "version": "1.15", "type": "rpm", "purl": ""}}]}""");
        assertThat(findings(host))
                .containsExactly(
                        "CVE-2021-44228 maven org.apache.logging.log4j:log4j-core 2.15.0 open",
                        "CVE-2099-7 rpm krb5-libs open",
                        "CVE-2099-8 rpm krb5-libs open");
    }

    @Test
    void leavesOutWhatTheVendorSaysDoesNotApply() {
        inventory(host);
        var counts = scan(
                "trivy",
                host,
                trivy(null, curl("CVE-2099-1", "1", "2").replace("}", ", \"Status\": \"not_affected\"}")));
        assertThat(counts.findings()).isZero();
        assertThat(counts.rejected()).singleElement().asString().contains("$.Results[0].Vulnerabilities[0]");
    }

    @Test
    void refusesAReportThatSaysTooLateWhosePackagesTheseAre() {
        inventory(host, "7.88.1-9");
        var late = "{\"SchemaVersion\": 2, \"Results\": [{\"Vulnerabilities\": [%s], \"Type\": \"debian\"}]}"
                .formatted(curl("CVE-2099-1", "7.88.1-9", "7.88.1-10"));
        assertThatThrownBy(() -> scan("trivy", host, late)).hasMessageContaining("Trivy writes it before them");
        assertThat(findings(host)).isEmpty();
    }

    @Test
    void refusesAMalformedReportWhole() {
        inventory(host);
        var good = curl("CVE-2099-1", "1", "2");
        assertThatThrownBy(() -> scan("trivy", host, trivy(null, good, "{\"PkgName\": \"curl\"}")))
                .hasMessage("$.Results[0].Vulnerabilities[1]: \"VulnerabilityID\" is missing");
        assertThatThrownBy(() -> scan("trivy", host, trivy(null, good, "7")))
                .hasMessage("$.Results[0].Vulnerabilities[1]: an object was expected");
        assertThatThrownBy(() -> scan("trivy", host, "{\"matches\": []}"))
                .hasMessageContaining("not a report of Trivy");
        assertThatThrownBy(() -> scan("grype", host, "{\"Results\": []}"))
                .hasMessageContaining("not a report of Grype");
        assertThatThrownBy(() -> scan(
                        "grype",
                        host,
                        "{\"matches\": [{\"vulnerability\": {\"id\": \"CVE-2099-1\"}, \"artifact\": {}}]}"))
                .hasMessage("$.matches[0].artifact: \"name\" is missing");
        assertThatThrownBy(() -> scan("trivy", host, trivy(null, good).substring(0, 150)))
                .isInstanceOf(MalformedInput.class)
                .hasMessageContaining("line 1");
        assertThatThrownBy(() -> scan("trivy", host, trivy(null, good).replace("CVE-2099-1", "x".repeat(200))))
                .isInstanceOf(MalformedInput.class);
        assertThat(findings(host)).isEmpty();
    }
}
