package org.patchboard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;

@PatchboardTest
class StartTest {

    @Autowired
    TestRestTemplate http;

    @Test
    void answersNobodyWhoHasNotSignedIn() {
        assertThat(http.getForEntity("/engine-rest/task/count", String.class)
                        .getStatusCode()
                        .value())
                .isEqualTo(401);
        assertThat(http.getForEntity("/actuator/health/liveness", String.class)
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
        assertThat(http.getForEntity("/camunda/api/admin/setup/default/user/create", String.class)
                        .getStatusCode()
                        .value())
                .isNotEqualTo(200);
    }

    @Test
    void isReadyWhenItCanWriteAndKnowsTheTime() {
        assertThat(http.getForEntity("/actuator/health/readiness", String.class).getBody())
                .contains("\"status\":\"UP\"");
    }
}
