package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

@PatchboardTest
class SafeByDefaultTest {

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Test
    void runsNoExpressionOfAStranger(@TempDir Path folder) {
        var proof = folder.resolve("owned");
        var expression = "${''.getClass().forName('java.nio.file.Files').getMethod('createFile', "
                + "''.getClass().forName('java.nio.file.Path'), null).invoke(null, '" + proof + "')}";
        for (var query : new String[] {
            "{\"assigneeExpression\": \"" + expression + "\"}",
            "{\"orQueries\": [{\"assigneeExpression\": \"" + expression + "\"}]}",
            "{\"orQueries\": [{\"taskNameLike\": \"x\", \"candidateGroupExpression\": \"${'a'}\"}]}"
        }) {
            // 400 would be the engine's own limit for lists, which hides whether the expression was looked at
            assertThat(post("/engine-rest/task?maxResults=5", people.someone("tester"), query)
                            .value())
                    .as(query)
                    .isEqualTo(403);
        }
        assertThat(Files.exists(proof)).isFalse();
    }

    @Test
    void nobodyMakesAFilterOrADeployment() {
        for (var group : new String[] {"tester", "camunda-admin", "auditor"}) {
            var person = people.someone(group);
            assertThat(post("/engine-rest/filter/create", person, """
                            {"resourceType": "Task", "name": "mine", "query": {}, "properties": {}}""").is4xxClientError())
                    .as(group)
                    .isTrue();
            assertThat(post("/engine-rest/user/create", person, """
                            {"profile": {"id": "mallory"}, "credentials": {"password": "Long-Enough-1234"}}""").isError())
                    .as(group)
                    .isTrue();
        }
    }

    @Test
    void theSetupPagesAreShutForEverybody() {
        var body = Map.of("profile", Map.of("id", "mallory"), "credentials", Map.of("password", "Long-Enough-1234"));
        var answer = http.postForEntity("/camunda/api/admin/setup/default/user/create", body, String.class);
        assertThat(answer.getStatusCode().is2xxSuccessful()).isFalse();
        assertThat(http.getForEntity("/camunda/app/admin/default/setup/", String.class)
                        .getBody())
                .doesNotContain("ng-app");
    }

    private HttpStatusCode post(String path, String login, String body) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(people.token(login));
        headers.setContentType(MediaType.APPLICATION_JSON);
        return http.exchange(path, HttpMethod.POST, new HttpEntity<>(body, headers), String.class)
                .getStatusCode();
    }
}
