package org.patchboard.advisory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class FeedsTest {

    private static final String VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

    @Autowired
    Feeds feeds;

    @Autowired
    JdbcClient jdbc;

    private final String cve = "CVE-2097-" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);

    private ImportCounts read(String feed, String text) {
        return feeds.importFile(
                feed, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), Actor.system("test"));
    }

    private Map<String, Object> row(String table) {
        return jdbc.sql("select * from " + table + " where cve = ?")
                .param(cve)
                .query()
                .singleRow();
    }

    private void unchangedTheSecondTime(String feed, String text) {
        assertThat(read(feed, text).created()).isOne();
        assertThat(read(feed, text))
                .extracting(ImportCounts::created, ImportCounts::updated, ImportCounts::unchanged)
                .containsExactly(0L, 0L, 1L);
    }

    /** A part of the catalogue by its own count, so that it withdraws nothing of other tests. */
    private String kev(String fields) {
        return "{\"catalogVersion\": \"1\", \"count\": 1000, \"vulnerabilities\": [{\"cveID\": \"" + cve + "\"" + fields
                + "}]}";
    }

    @Test
    void readsTheCatalogueOfTheExploited() {
        unchangedTheSecondTime(
                "kev",
                kev(
                        ", \"dateAdded\": \"2026-08-01\", \"dueDate\": \"2026-08-04\", \"vendorProject\": \"V\", \"knownRansomwareCampaignUse\": \"Known\""));
        assertThat(row("kev_entry")).containsEntry("ransomware", true).containsEntry("vendor", "V");
        assertThat(read("kev", kev(", \"dateAdded\": \"2026-08-01\", \"dueDate\": \"2026-08-15\""))
                        .updated())
                .isOne();
    }

    @Test
    void takesWhatAPartOfTheCatalogueDoesNotNameForNotSent() {
        read("kev", kev(", \"dateAdded\": \"2026-08-01\""));
        var counts = read("kev", "{\"count\": 1000, \"vulnerabilities\": []}");
        assertThat(counts.rejected()).singleElement().asString().contains("not as withdrawn");
        assertThat(row("kev_entry")).containsEntry("withdrawn_at", null);
    }

    @Test
    void readsADayOfScoresAndKeepsTheNewerOne() {
        var day = "#model_version:v2026,score_date:2026-08-02T00:00:00+0000\ncve,epss,percentile\n" + cve
                + ",0.00043,0.9\n";
        unchangedTheSecondTime("epss", day);
        assertThat(read("epss", day.replace("2026-08-02", "2026-08-01").replace("0.00043", "0.5"))
                        .unchanged())
                .isOne();
        assertThat(row("epss_score").get("score")).hasToString("0.00043");
        assertThat(read("epss", day.replace("2026-08-02", "2026-08-03").replace("0.00043", "0.5"))
                        .updated())
                .isOne();
    }

    @ParameterizedTest
    @CsvSource({"1234567,1234567", "99999,1234567", "1234567,99999"})
    void takesTheLastWordAboutACveThatStandsThereTwice(String first, String second) {
        var header = "#model_version:v2026,score_date:2026-08-02T00:00:00+0000\ncve,epss,percentile\n";
        var year = "CVE-" + ThreadLocalRandom.current().nextInt(3000, 9999) + "-";
        var lines = "%s%s,0.1,0.1\n%s%s,0.2,0.2\n%s%s,0.3,0.3\n".formatted(year, first, year, second, year, first);
        var different = first.equals(second) ? 1L : 2L;
        assertThat(read("epss", header + lines))
                .extracting(ImportCounts::read, ImportCounts::created, ImportCounts::updated, ImportCounts::unchanged)
                .containsExactly(3L, different, 0L, 0L);
        assertThat(read("epss", header + lines).unchanged()).isEqualTo(different);
        assertThat(jdbc.sql("select score from epss_score where cve = ?")
                        .param(year + first)
                        .query(String.class)
                        .single())
                .isEqualTo("0.30000");
    }

    /** By then the first pieces are on their way to the database, in a COPY that nobody ends. */
    @Test
    void takesNothingOfALongFileWithAFaultAtItsEnd() {
        var text = new StringBuilder("#model_version:v2026,score_date:2026-08-02T00:00:00+0000\ncve,epss,percentile\n")
                .append(cve)
                .append(",0.00043,0.9\n");
        for (int i = 0; i < 30_000; i++) {
            text.append("CVE-2096-").append(10_000_000 + i).append(",0.00043,0.9\n");
        }
        assertThatThrownBy(() -> read("epss", text + "CVE-2096-1,0.1,0.1\n"))
                .isInstanceOfSatisfying(
                        MalformedInput.class, fault -> assertThat(fault.place()).isEqualTo("line 30004"));
        assertThat(jdbc.sql("select count(*) from epss_score where cve = ? or cve like 'CVE-2096-100%'")
                        .param(cve)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private String nvd(String modified, String vector) {
        return """
                {"vulnerabilities": [{"cve": {"id": "%s", "published": "2026-01-01T00:00:00.000", "lastModified": "%s",
                  "vulnStatus": "Analyzed", "descriptions": [{"lang": "es", "value": "y"}, {"lang": "en", "value": "x"}],
                  "metrics": {"cvssMetricV31": [
                    {"type": "Secondary", "cvssData": {"vectorString": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}},
                    {"type": "Primary", "cvssData": {"vectorString": "%s", "baseScore": 1.0}}]},
                  "weaknesses": [{"description": [{"lang": "en", "value": "CWE-79"}, {"lang": "en", "value": "NVD-CWE-noinfo"}]}],
                  "configurations": [{"nodes": [{"cpeMatch": []}]}]}}]}""".formatted(cve, modified, vector);
    }

    @Test
    void readsPagesOfTheNvdAndComputesTheScoreItself() {
        unchangedTheSecondTime("nvd", nvd("2026-01-02T00:00:00.000", VECTOR));
        assertThat(row("vulnerability")).containsEntry("summary", "x");
        assertThat(row("vulnerability").get("cvss3_score")).hasToString("9.8");
        assertThat(read("nvd", nvd("2026-01-01T00:00:00.000", VECTOR.replace("C:H", "C:N")))
                        .unchanged())
                .as("an older word changes nothing")
                .isOne();
    }

    private String record(String options) {
        return """
                {"dataType": "CVE_RECORD", "cveMetadata": {"cveId": "%s", "state": "PUBLISHED", "dateUpdated": "2026-01-03T00:00:00Z"},
                 "containers": {"cna": {"descriptions": [{"lang": "en-US", "value": "z"}], "metrics": [{"cvssV3_1": {"vectorString": "%s"}}],
                                        "affected": [{"versions": []}]},
                  "adp": [{"title": "CVE Program Container"}, {"title": "CISA ADP Vulnrichment", "metrics": [
                    {"other": {"type": "ssvc", "content": {"timestamp": "2026-01-04T10:00:00.1Z", "options": [%s]}}}]}]}}""".formatted(cve, VECTOR, options);
    }

    private static final String OPTIONS =
            "{\"Exploitation\": \"poc\"}, {\"Automatable\": \"yes\"}, {\"Technical Impact\": \"total\"}";

    @Test
    void readsRecordsOfTheCveListWithCisasDecisionPoints() {
        unchangedTheSecondTime("vulnrichment", record(OPTIONS));
        assertThat(row("ssvc_assessment")).containsEntry("automatable", true).containsEntry("exploitation", "poc");
        assertThat(row("vulnerability")).containsEntry("source", "cve-list").containsEntry("summary", "z");
        read("nvd", nvd("2026-01-02T00:00:00.000", VECTOR));
        assertThat(row("vulnerability")).as("the NVD's word stands over it").containsEntry("source", "nvd");
        assertThat(read("vulnrichment", record(OPTIONS)).updated()).isZero();
        assertThat(row("vulnerability")).containsEntry("source", "nvd");
    }

    @Test
    void saysOfWhichRecordCisaHasNotSpoken() {
        assertThat(read("vulnrichment", record("")).rejected())
                .containsExactly("$: " + cve + " has no SSVC assessment by CISA");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kev|{\"vulnerabilities\": [{\"cveID\": \"CVE-2099-0001\", \"dateAdded\": \"2026-01-01\"}, {\"cveID\": \"CVE-1\"}]}|$.vulnerabilities[1].cveID",
                "kev|{\"vulnerabilities\": [{\"cveID\": \"CVE-2099-0001\", \"dateAdded\": \"1 May\"}]}|$.vulnerabilities[0].dateAdded",
                "kev|{\"vulnerabilities\": [{\"cveID\": \"CVE-2099-0001\"}]}|$.vulnerabilities[0]",
                "kev|{\"entries\": []}|$",
                "epss|cve,epss,percentile|line 1",
                "epss|#score_date:2026-08-01\\ncve,score|line 2",
                "epss|#score_date:2026-08-01\\ncve,epss,percentile\\nCVE-2099-0001,0.1,0.1\\nCVE-2099-0002,1.5,0.1|line 4",
                "epss|#score_date:2026-08-01\\ncve,epss,percentile\\nCVE-2099-0001,NaN,0.1|line 3",
                "epss|#score_date:2026-08-01\\ncve,epss,percentile\\nCVE-2099-0001,0.1|line 3",
                "nvd|{\"vulnerabilities\": [{\"cve\": {}}]}|$.vulnerabilities[0].cve",
                "nvd|{\"vulnerabilities\": [{\"cve\": {\"id\": \"CVE-2099-0001\", \"metrics\": {\"cvssMetricV31\": [{\"cvssData\": {\"vectorString\": \"CVSS:3.1/AV:X\"}}]}}}]}|$.vulnerabilities[0].cve.metrics",
                "nvd|{\"vulnerabilities\": [{\"cve\": {\"id\": \"CVE-2099-0001\", \"published\": \"soon\"}}]}|$.vulnerabilities[0].cve.published",
                "vulnrichment|{\"cveMetadata\": {\"cveId\": \"x\"}}|$.cveMetadata.cveId",
                "vulnrichment|{\"id\": \"x\"}|$"
            })
    void refusesAMalformedFeedWhole(String feed, String text, String place) {
        assertThatThrownBy(() -> read(feed, text.replace("\\n", "\n")))
                .isInstanceOfSatisfying(
                        MalformedInput.class, fault -> assertThat(fault.place()).isEqualTo(place));
        assertThat(jdbc.sql("select count(*) from kev_entry where cve = 'CVE-2099-0001'")
                                .query(Long.class)
                                .single()
                        + jdbc.sql("select count(*) from epss_score where cve = 'CVE-2099-0001'")
                                .query(Long.class)
                                .single())
                .isZero();
    }

    @Test
    void knowsNoOtherFeed() {
        assertThatThrownBy(() -> read("rumours", "{}")).isInstanceOf(Refusal.class);
    }
}
