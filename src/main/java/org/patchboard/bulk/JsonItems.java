package org.patchboard.bulk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BiConsumer;
import org.patchboard.shared.MalformedInput;

/** Reads the elements of a large JSON array one by one; only one of them is ever in memory. */
public final class JsonItems {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxStringLength(5_000_000)
                    .maxNumberLength(100)
                    .build())
            .build();

    private static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);

    private JsonItems() {}

    /**
     * Hands over every element of the array that is the value of a field of the root object, or of the root array.
     *
     * @param field name of the field; empty when the root itself may be an array or a single element
     * @param item element and its JSON path, such as {@code $.vulnerabilities[3]}
     * @return how many there were
     * @throws MalformedInput with line and column, when this is not JSON or the field is missing
     */
    public static int read(InputStream file, String field, BiConsumer<JsonNode, String> item) {
        try (JsonParser parser = MAPPER.createParser(file)) {
            var token = parser.nextToken();
            if (token == null) {
                throw new MalformedInput("line 1", "the file is empty");
            }
            if (field.isEmpty()) {
                if (token == JsonToken.START_ARRAY) {
                    return elements(parser, "$", item);
                }
                item.accept(parser.readValueAsTree(), "$");
                return 1;
            }
            if (token != JsonToken.START_OBJECT) {
                throw new MalformedInput("$", "an object with \"" + field + "\" was expected");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                token = parser.nextToken();
                if (name.equals(field)) {
                    if (token != JsonToken.START_ARRAY) {
                        throw new MalformedInput("$." + field, "a list was expected");
                    }
                    var count = elements(parser, "$." + field, item);
                    drain(parser);
                    return count;
                }
                parser.skipChildren();
            }
            throw new MalformedInput("$", "there is no \"" + field + "\"");
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new MalformedInput("the file", "it cannot be read to its end: " + e.getMessage(), e);
        }
    }

    private static int elements(JsonParser parser, String path, BiConsumer<JsonNode, String> item) throws IOException {
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode element = parser.readValueAsTree();
            item.accept(element, path + "[" + count + "]");
            count++;
        }
        return count;
    }

    /** The rest must be JSON too: a file cut short is refused, not half imported. */
    private static void drain(JsonParser parser) throws IOException {
        while (parser.nextToken() != null) {
            parser.skipChildren();
        }
    }

    private static MalformedInput malformed(JsonProcessingException e) {
        var at = e.getLocation();
        var place = at == null ? "the file" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
        return new MalformedInput(place, "not JSON: " + e.getOriginalMessage(), e);
    }

    /**
     * A text that must be there.
     *
     * @throws MalformedInput naming the path
     */
    public static String text(JsonNode item, String field, String path) {
        var value = item.path(field);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new MalformedInput(path + "." + field, "a text was expected");
        }
        return value.textValue();
    }
}
