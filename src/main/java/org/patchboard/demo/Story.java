package org.patchboard.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How far each change of the demonstration has come, and what its people said. A story stops before a task that is left
 * for whoever looks at the demonstration.
 *
 * @param advisory what the change is about, as the rule names it
 * @param group its maintenance group
 * @param end the state in which it is left
 * @param stop key of the task that nobody of the cast does, or empty
 * @param voters who of those asked vote
 */
record Story(
        String advisory,
        String group,
        String end,
        String stop,
        Set<String> voters,
        Map<String, Map<String, Object>> answers) {

    private static final String VOTE = "UserTask_Vote";
    private static final Set<String> EVERYBODY =
            Set.of("cab1", "cab2", "cab3", "sami", "maya", "ecab1", "ecab2", "ecab3");

    static final List<Story> ALL = List.of(
            new Story(
                    "deb/libc6",
                    "staging",
                    "closed",
                    "",
                    EVERYBODY,
                    answers(
                            "Local users of staging could become root through GLIBC_TUNABLES; the fix is in DSA-5514.",
                            "Staging may restart its services at any time.",
                            "Libraries are loaded again after a restart of the services; the smoke tests passed.")),
            new Story(
                    "deb/libnghttp2-14",
                    "web",
                    "scheduled",
                    "",
                    EVERYBODY,
                    answers(
                            "Rapid Reset overloads the public web servers with few requests; it is used in the wild.",
                            "The shop tolerates one server of a site at a time being reloaded, Sunday nights.",
                            "A replayed attack no longer raises the load of the lab server.")),
            new Story(
                    "deb/openssh-server",
                    "databases",
                    "authorizing",
                    "",
                    Set.of("cab1"),
                    answers(
                            "A race in sshd's signal handler may give root without a sign-in (regreSSHion).",
                            "Sessions of administrators are cut once; the databases themselves go on.",
                            "sshd of the lab server restarted with the new version, sessions work.")),
            new Story(
                    "deb/curl",
                    "applications",
                    "testing",
                    "UserTask_SignOffTest",
                    EVERYBODY,
                    answers(
                            "A heap overflow in the SOCKS5 handshake; the application servers fetch through such a proxy.",
                            "Nightly batch jobs use curl; none runs between one and four.",
                            "")),
            new Story("deb/libwebp7", "workstations", "planning", "UserTask_Plan", EVERYBODY, answers("", "", "")),
            new Story(
                    "maven/org.apache.logging.log4j:log4j-core",
                    "images",
                    "planning",
                    "UserTask_BusinessImpact",
                    EVERYBODY,
                    carried(answers(
                            "A logged text can load code from elsewhere (Log4Shell); the shop logs what buyers type.",
                            "",
                            ""))),
            new Story(
                    "deb/linux-image-amd64",
                    "kiosks",
                    "halted",
                    "UserTask_DecideHaltedRing",
                    EVERYBODY,
                    answers(
                            "Local privilege escalation in nf_tables, used by ransomware groups.",
                            "A branch can do without one kiosk for an hour.",
                            "The lab has no kiosk; the dry run on the canary planned the expected packages.")),
            new Story("generic/ios-xe", "network", "triage", "UserTask_Triage", EVERYBODY, answers("", "", "")));

    boolean tells(JsonNode change) {
        return change.path("advisory").asText().equals(advisory)
                && change.path("maintenanceGroup").asText().equals(group);
    }

    /** Whether the cast does this task. */
    boolean goesOn(String task, String login) {
        return !task.equals(stop) && (task.equals(VOTE) ? voters.contains(login) : answers.containsKey(task));
    }

    /**
     * What the person answers to the form: a vote names the digest of the plan that the form showed, a decision on an
     * exception the day that was asked for.
     */
    Map<String, Object> answers(String task, JsonNode summary) {
        if (task.equals(VOTE)) {
            return Map.of(
                    "decision",
                    "approve",
                    "shownDigest",
                    summary.path("plan").path("digest").asText());
        }
        var answers = new LinkedHashMap<>(Objects.requireNonNull(this.answers.get(task)));
        if (task.equals("UserTask_DecideException")) {
            answers.put("until", summary.path("wanted").asText());
        }
        return answers;
    }

    /** Its risk owner accepts what is asked. */
    private static Map<String, Map<String, Object>> carried(Map<String, Map<String, Object>> answers) {
        answers.put(
                "UserTask_DecideException",
                Map.of("decision", "accept", "reason", "One shop of eight, watched, and for ten days only."));
        return answers;
    }

    private static Map<String, Map<String, Object>> answers(String why, String business, String test) {
        var answers = new LinkedHashMap<String, Map<String, Object>>();
        answers.put(
                "UserTask_Triage",
                Map.of("disposition", "patch", "reason", "Present and in use on the hosts named by the scan."));
        answers.put(
                "UserTask_ForensicTriage",
                Map.of(
                        "scope", "All hosts of the group, logs of the last 30 days.",
                        "evidence", "Central logs and a memory image of one host, kept with the incident team.",
                        "verdict", "none"));
        var plan = new LinkedHashMap<String, Object>();
        plan.put("strategy", "canary");
        plan.put("canaryPercent", 5);
        plan.put("soakMinutes", 0);
        plan.put("successShare", 95);
        plan.put("reboot", "if-required");
        plan.put("reason", why);
        plan.put("securityImpact", "Closes the vulnerability; no new ports, accounts or rights.");
        plan.put("preChecks", "Disk space, no pending restart, last backup younger than a day.");
        plan.put("postChecks", "Package installed, services up, error rate as before.");
        plan.put("backup", "Nightly snapshots of the hypervisor; configuration is in version control.");
        plan.put("backOut", "Install the former version, which stays in the mirror for 30 days.");
        plan.put("communication", "Notice on the status page and to the service desk when the window is booked.");
        answers.put("UserTask_Plan", plan);
        answers.put("UserTask_BusinessImpact", Map.of("verdict", "acceptable", "impact", business));
        answers.put(
                "UserTask_SecurityImpact",
                Map.of("verdict", "acceptable", "impact", "The change reduces risk and adds none that we know of."));
        answers.put(
                "UserTask_SignOffTest",
                Map.of("verdict", "pass", "effectiveness", test, "sideEffects", "None were seen."));
        answers.put(
                "UserTask_GiveOpinion",
                Map.of(
                        "opinion",
                        "favourable",
                        "text",
                        "Acceptable for so short a time, if the control is looked at."));
        answers.put("UserTask_WaiveConflicts", Map.of("reason", "Both sides know of each other and agree."));
        answers.put("UserTask_ConsentToWindow", Map.of("decision", "consent"));
        answers.put(
                "UserTask_SignClosure",
                Map.of("confirmed", true, "comment", "Every host was seen with the fixed version."));
        answers.put(
                "UserTask_ReviewChange",
                Map.of(
                        "verdict", "sound",
                        "rootCause", "Nothing went wrong.",
                        "actions", "Keep the canary; it cost four minutes."));
        return answers;
    }
}
