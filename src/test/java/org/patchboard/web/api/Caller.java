package org.patchboard.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Somebody with a token who calls the API. */
record Caller(TestRestTemplate http, String token) {

    ResponseEntity<JsonNode> call(HttpMethod method, String path, @Nullable String body) {
        var headers = new HttpHeaders();
        headers.setBearerAuth(token);
        headers.setContentType(MediaType.APPLICATION_JSON);
        return http.exchange("/api/v1" + path, method, new HttpEntity<>(body, headers), JsonNode.class);
    }

    ResponseEntity<JsonNode> get(String path) {
        return call(HttpMethod.GET, path, null);
    }

    ResponseEntity<JsonNode> post(String path, String body) {
        return call(HttpMethod.POST, path, body);
    }

    ResponseEntity<JsonNode> put(String path, String body) {
        return call(HttpMethod.PUT, path, body);
    }

    ResponseEntity<JsonNode> delete(String path) {
        return call(HttpMethod.DELETE, path, null);
    }
}
