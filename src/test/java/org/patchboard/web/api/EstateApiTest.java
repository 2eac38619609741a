package org.patchboard.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.process.Scene;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.context.ApplicationContext;

@PatchboardTest
class EstateApiTest {

    @Autowired
    TestRestTemplate http;

    @Autowired
    TestPeople people;

    @Autowired
    ApplicationContext context;

    private Caller anybody;
    private Scene scene;

    @BeforeEach
    void affectTwoHosts() {
        anybody = new Caller(http, people.token(people.someone("implementer")));
        scene = new Scene(context).affected("alpha", "beta").knownExploited();
    }

    @Test
    void listsAssetsPageByPageInTheOrderAskedFor() {
        var first = anybody.get("/assets?maintenanceGroup=" + scene.group + "&size=1&sort=name,desc")
                .getBody();
        assertThat(first.path("total").asInt()).isEqualTo(2);
        assertThat(first.path("size").asInt()).isOne();
        assertThat(first.path("items").get(0).path("name").asText()).isEqualTo(scene.name("beta"));
        assertThat(first.path("items").get(0).path("openFindings").asInt()).isOne();
        var second = anybody.get("/assets?maintenanceGroup=" + scene.group + "&size=1&page=1&sort=name,desc")
                .getBody();
        assertThat(second.path("items").get(0).path("name").asText()).isEqualTo(scene.name("alpha"));
        assertThat(anybody.get("/assets?text=" + scene.name("alpha") + "&environment=lab")
                        .getBody()
                        .path("total")
                        .asInt())
                .isZero();
    }

    @Test
    void showsOneAsset() {
        var id = anybody.get("/assets?text=" + scene.name("alpha"))
                .getBody()
                .path("items")
                .get(0)
                .path("id")
                .asLong();
        var one = anybody.get("/assets/" + id);
        assertThat(one.getStatusCode().value()).isEqualTo(200);
        assertThat(one.getBody().path("asset").path("name").asText()).isEqualTo(scene.name("alpha"));
        assertThat(one.getBody().path("address").asText()).isEqualTo("192.0.2.1");
        var none = anybody.get("/assets/999999999");
        assertThat(none.getStatusCode().value()).isEqualTo(404);
        assertThat(none.getBody().path("detail").asText()).contains("no asset");
    }

    @Test
    void findsFindingsByEachOfTheirSides() {
        for (var filter : new String[] {
            "cve=" + scene.cve.toLowerCase(Locale.ROOT),
            "software=" + scene.software,
            "maintenanceGroup=" + scene.group,
            "state=open&severity=high&cve=" + scene.cve
        }) {
            assertThat(names(anybody.get("/findings?sort=asset&" + filter).getBody()))
                    .as(filter)
                    .containsExactly(scene.name("alpha"), scene.name("beta"));
        }
        assertThat(names(anybody.get("/findings?asset=" + scene.name("beta")).getBody()))
                .containsExactly(scene.name("beta"));
        assertThat(names(anybody.get("/findings?state=closed&cve=" + scene.cve).getBody()))
                .isEmpty();
    }

    @Test
    void tellsWhatIsKnownOfAVulnerability() {
        var change = scene.record();
        var known = anybody.get("/vulnerabilities/" + scene.cve).getBody();
        assertThat(known.path("openFindings").asInt()).isEqualTo(2);
        assertThat(known.path("knownExploited").path("vendor").asText()).isEqualTo("Vendor");
        assertThat(known.path("epss").isNull()).isTrue();
        assertThat(known.path("changes").get(0).asText()).isEqualTo(change.value());
        var unknown = anybody.get("/vulnerabilities/CVE-1999-0000");
        assertThat(unknown.getStatusCode().value()).isEqualTo(404);
        assertThat(unknown.getHeaders().getContentType()).hasToString("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=0", "size=501", "page=-1", "sort=password", "sort=name,sideways", "size=many"})
    void saysWhatAListCannotDo(String wrong) {
        for (var list : new String[] {"/assets", "/findings", "/changes", "/windows", "/exceptions"}) {
            var answer = anybody.get(list + "?" + wrong);
            assertThat(answer.getStatusCode().value()).as(list).isEqualTo(400);
            assertThat(answer.getHeaders().getContentType()).hasToString("application/problem+json");
        }
    }

    private static List<String> names(JsonNode page) {
        return StreamSupport.stream(page.path("items").spliterator(), false)
                .map(item -> item.path("assetName").asText())
                .toList();
    }
}
