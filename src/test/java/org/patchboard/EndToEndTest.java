package org.patchboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.patchboard.PersonAtWork.Task;
import org.patchboard.hosts.DebianHosts;
import org.patchboard.web.Browser;

/**
 * Why the product exists: a vulnerability that is exploited, found on three real Debian hosts, becomes a change by
 * itself, goes through everybody's hands, is installed ring by ring by Ansible, seen by somebody who is not Ansible, and
 * ends as a bundle that a stranger can check. A second patch fails on its canary and is taken back.
 */
class EndToEndTest {

    private static final String GIVEN = "Given-By-Root-1";
    private static final String OWN = "Correct-Horse-7-Battery";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String VOTE = "UserTask_Vote";
    private static final List<String> HOSTS = List.of("web1", "web2", "web3");

    /** Each in one role only, so that nobody can stand in for anybody. */
    private static final Map<String, List<String>> PEOPLE = new LinkedHashMap<>();

    static {
        PEOPLE.put("ana", List.of("vulnerability-analyst"));
        PEOPLE.put("carl", List.of("patch-coordinator"));
        PEOPLE.put("olga", List.of("asset-owner"));
        PEOPLE.put("sam", List.of("security-representative"));
        PEOPLE.put("tess", List.of("tester"));
        PEOPLE.put("maya", List.of("change-manager"));
        PEOPLE.put("sami", List.of("security-representative", "cab"));
        PEOPLE.put("cab1", List.of("cab"));
        PEOPLE.put("cab2", List.of("cab"));
        PEOPLE.put("ona", List.of("on-call"));
        PEOPLE.put("iris", List.of("incident-response"));
        PEOPLE.put("vera", List.of("verifier"));
    }

    private static final String TEXT = "Said by the end-to-end test.";
    private static final Map<String, Map<String, Object>> ANSWERS = new HashMap<>();

    static {
        ANSWERS.put("UserTask_Triage", Map.of("disposition", "patch", "reason", TEXT));
        var plan = new HashMap<String, Object>(Map.of(
                "strategy", "canary",
                "canaryPercent", 5,
                "soakMinutes", 0,
                "successShare", 100,
                "reboot", "if-required"));
        for (var text :
                List.of("reason", "securityImpact", "preChecks", "postChecks", "backup", "backOut", "communication")) {
            plan.put(text, TEXT);
        }
        ANSWERS.put("UserTask_Plan", plan);
        ANSWERS.put("UserTask_BusinessImpact", Map.of("verdict", "acceptable", "impact", TEXT));
        ANSWERS.put("UserTask_SecurityImpact", Map.of("verdict", "acceptable", "impact", TEXT));
        ANSWERS.put("UserTask_SignOffTest", Map.of("verdict", "pass", "effectiveness", TEXT, "sideEffects", "None."));
        ANSWERS.put("UserTask_WaiveConflicts", Map.of("reason", TEXT));
        ANSWERS.put("UserTask_ConsentToWindow", Map.of("decision", "consent"));
        ANSWERS.put("UserTask_DecideHaltedRing", Map.of("decision", "roll-back", "reason", TEXT));
        ANSWERS.put("UserTask_ForensicTriage", Map.of("scope", TEXT, "evidence", TEXT, "verdict", "none"));
        ANSWERS.put("UserTask_SignClosure", Map.of("confirmed", true, "comment", TEXT));
        ANSWERS.put("UserTask_ReviewChange", Map.of("verdict", "sound", "rootCause", TEXT, "actions", TEXT));
    }

    private final Map<String, PersonAtWork> people = new LinkedHashMap<>();
    private final Set<String> voted = new HashSet<>();
    private RunningPatchboard patchboard;
    private Browser browser;

    @Test
    @Timeout(300)
    void carriesAPatchFromTheAdvisoryToTheSealedEvidence() throws Exception {
        DebianHosts.assumeAvailable();
        Browser.assumeAvailable();
        var mail = new GreenMail(ServerSetup.SMTP.dynamicPort());
        mail.start();
        try (var hosts = DebianHosts.start(HOSTS.toArray(String[]::new));
                var running = RunningPatchboard.start(
                        "end-to-end",
                        Map.of(),
                        "--patchboard.first-administrator-password=" + OWN,
                        "--patchboard.schedule.notice=PT0S",
                        "--patchboard.intake.quiet=PT2S",
                        "--patchboard.ssh.user=root",
                        "--patchboard.ssh.private-key=" + hosts.privateKeyFile(),
                        "--patchboard.ssh.known-hosts=" + hosts.knownHostsFile(),
                        "--spring.mail.host=127.0.0.1",
                        "--spring.mail.port=" + mail.getSmtp().getPort());
                var chromium = new Browser(running.address().toString())) {
            patchboard = running;
            browser = chromium;
            HOSTS.forEach(host -> hosts.install(host, "pdemo", "1.0"));
            settleIn();
            inventory(hosts);
            exploited("CVE-2026-1001");

            found("CVE-2026-1001", "1.0", "1.1");
            var first = opened();
            carry(first, "closed");
            assertThat(outcome(first)).isEqualTo("completed");
            for (var host : HOSTS) {
                assertThat(hosts.dpkgStatus(host, "pdemo") + " " + hosts.dpkgVersion(host, "pdemo"))
                        .as(host)
                        .isEqualTo("ii 1.1");
            }
            assertThat(timeline(first))
                    .as("the window before the rings, the look after them, then the seal")
                    .containsSubsequence(
                            "window-used", "ring-passed", "ring-passed", "verification-finished", "evidence-sealed");

            exploited("CVE-2026-1001", "CVE-2026-1002");
            found("CVE-2026-1002", "1.1", "1.2");
            var second = opened();
            carry(second, "closed");
            assertThat(outcome(second)).isEqualTo("backed-out");
            for (var host : HOSTS) {
                assertThat(hosts.dpkgStatus(host, "pdemo") + " " + hosts.dpkgVersion(host, "pdemo"))
                        .as(host + ": the canary is back, the others were never touched")
                        .isEqualTo("ii 1.1");
            }
            assertThat(timeline(second)).contains("ring-halted").doesNotContain("ring-passed");

            theBundleHolds(first);
            assertThat(subjects(mail, "cab1")).anyMatch(subject -> subject.contains(first));
            assertThat(subjects(mail, "ona")).anyMatch(subject -> subject.contains(second));
        } finally {
            mail.stop();
        }
    }

    private void settleIn() {
        var root = PersonAtWork.signIn(patchboard.address(), "admin", OWN);
        root.authorize(OWN);
        people.put("admin", root);
        PEOPLE.forEach((login, teams) -> {
            root.call(
                            "POST",
                            "/api/v1/people",
                            Map.of(
                                    "login",
                                    login,
                                    "name",
                                    "Person " + login,
                                    "mail",
                                    login + "@example.test",
                                    "zone",
                                    "Europe/Berlin",
                                    "password",
                                    GIVEN))
                    .orFail();
            for (var team : teams) {
                root.call("PUT", "/api/v1/people/" + login + "/memberships/" + team, Map.of())
                        .orFail();
            }
            people.put(login, PersonAtWork.signInFirst(patchboard.address(), login, GIVEN, OWN));
        });
        person("ana").authorize(OWN);
        person("carl").authorize(OWN);
        person("maya").authorize(OWN);
        root.call(
                        "POST",
                        "/api/v1/maintenance-groups",
                        Map.of(
                                "id", "web",
                                "name", "Web servers",
                                "owner", "olga",
                                "zone", "Europe/Berlin",
                                "deployer", "ansible",
                                "verifier", "dpkg-query"))
                .orFail();
        person("maya")
                .call(
                        "POST",
                        "/api/v1/windows",
                        Map.of(
                                "name",
                                "Day and night",
                                "zone",
                                "Europe/Berlin",
                                "start",
                                LocalDate.now(ZoneOffset.UTC).minusDays(2) + "T00:00",
                                "duration",
                                "PT24H",
                                "rrule",
                                "FREQ=DAILY",
                                "exdates",
                                List.of(),
                                "scope",
                                Map.of("maintenanceGroup", "web"),
                                "permits",
                                List.of()))
                .orFail();
    }

    private PersonAtWork person(String login) {
        return Objects.requireNonNull(people.get(login), login);
    }

    /** Names and addresses from a file, everything else from the hosts themselves. */
    private void inventory(DebianHosts hosts) {
        var csv = new StringBuilder("name,kind,address,maintenance_group,criticality,exposure\n");
        for (var host : HOSTS) {
            csv.append("%s,server,%s,web,medium,internal%n"
                    .formatted(host, hosts.host(host).address()));
        }
        person("ana")
                .upload("/api/v1/inventory/imports?source=csv", csv.toString())
                .orFail();
        var live = person("carl")
                .call("POST", "/api/v1/inventory/imports?source=ansible", Map.of("maintenanceGroup", "web"))
                .json();
        assertThat(live.path("read").asInt()).isEqualTo(HOSTS.size());
        assertThat(live.path("rejected")).isEmpty();
    }

    private void exploited(String... cves) {
        var entries = Arrays.stream(cves)
                .map(cve -> """
                        {"cveID": "%s", "vendorProject": "Patchboard", "product": "pdemo", "vulnerabilityName": "Demo",
                         "dateAdded": "%s", "shortDescription": "Used in the wild.", "requiredAction": "Update.",
                         "dueDate": "%s", "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": []}""".formatted(
                                cve,
                                LocalDate.now(ZoneOffset.UTC),
                                LocalDate.now(ZoneOffset.UTC).plusDays(21)))
                .toList();
        person("ana")
                .upload("/api/v1/feeds/kev/imports", """
                        {"title": "Known exploited", "catalogVersion": "%d", "dateReleased": "%sT00:00:00Z", "count": %d,
                         "vulnerabilities": [%s]}""".formatted(
                                cves.length, LocalDate.now(ZoneOffset.UTC), cves.length, String.join(",", entries)))
                .orFail();
    }

    private void found(String cve, String installed, String fixed) {
        for (var host : HOSTS) {
            person("ana")
                    .upload("/api/v1/scans/imports?source=trivy&asset=" + host, """
                            {"SchemaVersion": 2, "Results": [{"Type": "debian", "Vulnerabilities": [
                              {"VulnerabilityID": "%s", "PkgName": "pdemo", "InstalledVersion": "%s", "FixedVersion": "%s",
                               "Severity": "HIGH"}]}]}""".formatted(cve, installed, fixed))
                    .orFail();
        }
    }

    /** The change that opens by itself. */
    private String opened() {
        var opened = new String[1];
        Eventually.within(PATIENCE, "opened", () -> {
            for (var change :
                    person("ana").get("/api/v1/changes?size=50").json().path("items")) {
                if (!change.path("state").asText().equals("closed")) {
                    opened[0] = change.path("id").asText();
                }
            }
            return opened[0] != null;
        });
        return opened[0];
    }

    /** Everybody does what waits for them until the change is in the state and waits for nobody. */
    private void carry(String change, String state) {
        var last = new String[1];
        Eventually.within(PATIENCE, () -> change + " " + state + ", but " + last[0], () -> {
            for (var login : PEOPLE.keySet()) {
                var someone = person(login);
                for (var task : someone.tasks(change)) {
                    work(someone, task, change);
                }
            }
            var now = person("ana").get("/api/v1/changes/" + change).json();
            last[0] = now.path("state") + ", waiting for " + now.path("waitingFor") + " after " + timeline(change);
            return now.path("state").asText().equals(state)
                    && now.path("waitingFor").isEmpty();
        });
    }

    private void work(PersonAtWork someone, Task task, String change) {
        if (task.key().equals(VOTE)) {
            // the third vote has decided; the tasks of the others are on their way out
            if (!timeline(change).contains("ballot-decided")) {
                voteInTasklist(someone, task);
            }
        } else if (ANSWERS.containsKey(task.key())) {
            someone.claim(task).orFail();
            someone.submit(task, ANSWERS.get(task.key())).orFail();
        } else {
            throw new AssertionError("nobody said what to do at " + task.key());
        }
    }

    private void voteInTasklist(PersonAtWork someone, Task task) {
        if (voted.add(task.id())) {
            browser.signIn(someone.login(), OWN).openTask(task.id()).choose("Approve");
            assertThat(browser.complete())
                    .as("what Tasklist says to " + someone.login())
                    .isEmpty();
        }
    }

    private String outcome(String change) {
        return person("ana")
                .get("/api/v1/changes/" + change)
                .json()
                .path("outcome")
                .asText();
    }

    private List<String> timeline(String change) {
        return person("ana")
                .get("/api/v1/changes/" + change + "/timeline?size=500")
                .json()
                .findValuesAsText("action");
    }

    private void theBundleHolds(String change) throws IOException {
        var bundle = Files.write(
                Path.of("target", "running", "end-to-end", "bundle.zip"),
                person("ana").download("/api/v1/changes/" + change + "/evidence"));
        assertThat(RunningPatchboard.command("verify", bundle.toString())).isZero();
        var bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] ^= 1;
        assertThat(RunningPatchboard.command(
                        "verify", Files.write(bundle, bytes).toString()))
                .as("one flipped bit")
                .isEqualTo(1);
    }

    private static List<String> subjects(GreenMail mail, String login) {
        return Arrays.stream(mail.getReceivedMessages())
                .filter(message -> to(message).contains(login + "@"))
                .map(EndToEndTest::subject)
                .toList();
    }

    private static String to(MimeMessage message) {
        try {
            return Arrays.toString(message.getAllRecipients());
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String subject(MimeMessage message) {
        try {
            return message.getSubject();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
