package org.patchboard.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.patchboard.Eventually;
import org.patchboard.RunningPatchboard;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** A newcomer starts the profile {@code demo}. */
class DemonstrationTest {

    private static final String PASSWORD = "Correct-Horse-7-Battery";

    @Test
    void showsALivingBoardAndWhoIsWho() {
        try (var patchboard = RunningPatchboard.start(
                "demo", Map.of("PATCHBOARD_DEMO_PASSWORD", PASSWORD), "--spring.profiles.active=demo")) {
            Eventually.within(
                    Duration.ofMinutes(3), "told", () -> patchboard.log().contains("The demonstration is "));
            assertThat(patchboard.log()).contains("The demonstration is ready").doesNotContain("incomplete");
            assertThat(get(patchboard.address(), "/login", String.class))
                    .as("the sign-in page")
                    .contains(Cast.ALL.stream().map(Cast::name).toList());
            var changes = get(patchboard.address(), "/api/v1/changes?size=50", JsonNode.class);
            var states = StreamSupport.stream(changes.path("items").spliterator(), false)
                    .collect(Collectors.toMap(
                            change -> change.path("advisory").asText() + " of "
                                    + change.path("maintenanceGroup").asText(),
                            change -> change.path("state").asText()));
            assertThat(states)
                    .as("each change once, as far as its story goes")
                    .containsExactlyInAnyOrderEntriesOf(Story.ALL.stream()
                            .collect(Collectors.toMap(story -> story.advisory() + " of " + story.group(), Story::end)));
            assertThat(get(patchboard.address(), "/api/v1/exceptions", JsonNode.class)
                            .path("total")
                            .asInt())
                    .as("a risk that is carried")
                    .isEqualTo(1);
            assertThat(get(patchboard.address(), "/api/v1/policies/proposals?state=open", JsonNode.class)
                            .path("total")
                            .asInt())
                    .as("a policy to be decided on")
                    .isEqualTo(1);
        }
    }

    private static <T> T get(URI address, String path, Class<T> type) {
        return RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory())
                .baseUrl(address.toString())
                .defaultHeaders(headers -> headers.setBasicAuth("aude", PASSWORD))
                .build()
                .get()
                .uri(path)
                .retrieve()
                .body(type);
    }
}
