package org.patchboard.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * A risk of the demonstration that somebody asks to carry for a time.
 *
 * @param login who asks
 * @param advisory what its change is about
 * @param hosts which of the change's hosts
 * @param kind as the API names it
 * @param control what holds the risk down meanwhile, or empty
 * @param days until when
 */
record Carried(
        String login, String advisory, List<String> hosts, String kind, String reason, String control, int days) {

    static final List<Carried> ALL = List.of(
            new Carried(
                    "olga",
                    "maven/org.apache.logging.log4j:log4j-core",
                    List.of("registry.example/shop8:1.4"),
                    "mitigation",
                    "The supplier of this shop's payment plug-in certifies the new version next week.",
                    "log4j2.formatMsgNoLookups is set, and the container reaches no address outside.",
                    10),
            new Carried(
                    "ana",
                    "deb/libwebp7",
                    List.of("ws-75", "ws-76"),
                    "deferral",
                    "Both control a measurement that runs until the end of the month; nobody browses on them.",
                    "",
                    12));

    boolean isAbout(JsonNode change) {
        return change.path("advisory").asText().equals(advisory);
    }

    Map<String, Object> asked(String change, Instant now) {
        var until = now.plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.SECONDS);
        return Map.of(
                "change",
                change,
                "hosts",
                hosts,
                "kind",
                kind,
                "reason",
                reason,
                "control",
                control,
                "controlCheck",
                control.isEmpty()
                        ? ""
                        : now.plus(Duration.ofDays(3))
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString(),
                "exitPlan",
                "The update is installed with the next window after that day.",
                "until",
                until.toString());
    }
}
