package org.patchboard.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.shared.MalformedInput;

class JsonCursorTest {

    private static JsonCursor open(String text) {
        var json = JsonCursor.open(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "");
        json.first();
        return json;
    }

    private static List<String> names(String text) {
        var names = new ArrayList<String>();
        try (var json = open(text)) {
            json.object(field -> {
                if (field.equals("items")) {
                    json.array(() -> json.object(inner -> {
                        if (inner.equals("name")) {
                            names.add(json.text());
                        }
                    }));
                }
            });
            json.end();
        }
        return names;
    }

    @Test
    void skipsWhatNobodyAsksFor() {
        assertThat(names("""
                {"before": {"items": [{"name": "no"}]}, "items": [{"x": [1, {"name": "no"}], "name": "a"}, {"name": "b"}],
                 "after": [[[]]]}""")).containsExactly("a", "b");
    }

    @Test
    void takesNullForAnEmptyList() {
        assertThat(names("{\"items\": null}")).isEmpty();
    }

    @Test
    void namesThePathOfWhatIsNotAsItShouldBe() {
        assertThatThrownBy(() -> names("{\"items\": [{\"name\": \"a\"}, {\"name\": {\"x\": 1}}]}"))
                .isInstanceOfSatisfying(
                        MalformedInput.class, fault -> assertThat(fault.place()).isEqualTo("$.items[1].name"));
        assertThatThrownBy(() -> names("{\"items\": {}}")).hasMessage("$.items: a list was expected");
        assertThatThrownBy(() -> names("[]")).hasMessage("$: an object was expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\": [{\"name\": \"a\"}",
                "{\"items\": [{\"name\": \"a\"}]",
                "{\"items\": [{\"name\": \"a\"}]} x",
                "{\"items\": [{\"name\": \"a\"}]} {}",
                "{\"items\": [], \"items\": []}",
                "{\"items\": [{\"name\": \"a\", \"name\": \"b\"}]}",
                "{'items': []}",
                "{\"items\": [1e]}",
                "<xml/>"
            })
    void refusesWhatIsCutShortDoubledOrNoJson(String text) {
        assertThatThrownBy(() -> names(text)).isInstanceOf(MalformedInput.class);
    }

    /** The eighth of these names and the ninth have the same hash. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 31, 32, 33, 99})
    void refusesAFieldGivenTwiceAlsoInWhatItSkipsAndAmongMany(int doubled) {
        var names = IntStream.range(0, 100)
                .mapToObj(i -> i == 7 ? "Aa" : i == 8 ? "BB" : "name" + i)
                .toList();
        var fields = names.stream().map(name -> "\"" + name + "\": {\"x\": 1}").collect(Collectors.joining(",\n"));
        assertThat(names("{\"skipped\": [{" + fields + "}, {" + fields + "}], \"items\": []}"))
                .isEmpty();
        assertThatThrownBy(() -> names(
                        "{\"skipped\": [{" + fields + "}, {" + fields + ",\n\"" + names.get(doubled) + "\": 1}]}"))
                .hasMessage("line 200, column 1: not JSON as it is read here: Duplicate field '" + names.get(doubled)
                        + "'");
    }

    @Test
    void refusesAnEmptyFile() {
        assertThatThrownBy(() -> names("  ")).hasMessage("line 1: the file is empty");
    }

    @Test
    void refusesNestingWithoutEndAlsoInWhatItSkips() {
        assertThatThrownBy(() -> names("{\"x\": " + "[".repeat(100_000))).hasMessageContaining("nesting depth");
        assertThatThrownBy(() -> names("{\"x\": " + "{\"a\":".repeat(100_000))).hasMessageContaining("nesting depth");
    }

    @Test
    void refusesTextsAndNumbersWithoutEnd() {
        assertThatThrownBy(() -> names("{\"items\": [{\"name\": \"" + "a".repeat(5_000_001) + "\"}]}"))
                .isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> {
                    try (var json = open("[" + "1".repeat(2_000) + "]")) {
                        json.array(json::text);
                    }
                })
                .isInstanceOf(MalformedInput.class);
    }

    @Test
    void refusesATreeThatIsLargerThanAnythingOfItsKind() {
        assertThatThrownBy(() -> {
                    try (var json = open("[" + "1,".repeat(1_000_000) + "1]")) {
                        json.tree();
                    }
                })
                .hasMessageContaining("larger than anything");
    }

    @Test
    void goesThroughValuesOneBehindTheOther() {
        try (var json = open("{\"a\": 1}\n{\"a\": 2}")) {
            var seen = new ArrayList<String>();
            do {
                json.object(field -> seen.add(json.text()));
            } while (json.next());
            assertThat(seen).containsExactly("1", "2");
        }
    }
}
