package org.patchboard.bulk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.MalformedInput;

/**
 * Walks through a JSON file of any size and of any origin: what the caller does not ask for is skipped, and only what it
 * asks for is in memory. Refused: nesting below {@value #DEPTH}, texts over 5 million characters, a field given twice,
 * and {@link #tree()} of more than {@value #TREE} tokens.
 */
public final class JsonCursor implements AutoCloseable {

    private static final int DEPTH = 100;
    private static final int TREE = 1_000_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxStringLength(5_000_000)
                    .maxNameLength(10_000)
                    .maxNumberLength(100)
                    .build())
            .build();

    private final JsonParser parser;
    private final String file;
    /** Of each object that the cursor is in, the innermost last; those behind it are used again. */
    private final List<Names> names = new ArrayList<>();

    private int objects;

    private JsonCursor(JsonParser parser, String file) {
        this.parser = parser;
        this.file = file;
    }

    /** @param file name of a file in an archive, which begins every place; empty when there is only one */
    public static JsonCursor open(InputStream content, String file) {
        try {
            return new JsonCursor(FACTORY.createParser(content), file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Goes to the next value of the file itself; most files have one.
     *
     * @return false at the end
     */
    public boolean next() {
        return token() != null;
    }

    /** Goes to the only value of the file. */
    public void first() {
        if (!next()) {
            throw new MalformedInput(prefix() + "line 1", "the file is empty");
        }
    }

    /** The file must end here: one that was cut short or has something behind it is refused, not half read. */
    public void end() {
        if (next()) {
            throw malformed("nothing more was expected after the first value");
        }
    }

    public boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    public boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    /**
     * Reads an object: hands over each field's name, standing at its value. A value that is not read is skipped.
     *
     * @throws MalformedInput when this is no object
     */
    public void object(Consumer<String> field) {
        if (!isObject()) {
            throw malformed("an object was expected");
        }
        for (var token = token(); token == JsonToken.FIELD_NAME; token = token()) {
            var name = name();
            token();
            field.accept(name);
            skip();
        }
    }

    /**
     * Reads a list: runs once for each element, standing at it. {@code null} is an empty list: that is how programs
     * written in Go write one.
     *
     * @throws MalformedInput when this is no list
     */
    public void array(Runnable element) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (!isArray()) {
            throw malformed("a list was expected");
        }
        for (var token = token(); token != JsonToken.END_ARRAY; token = token()) {
            element.run();
            skip();
        }
    }

    /** Numbers and truth values as they are written; null for {@code null}. */
    public @Nullable String text() {
        var token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token == null || !token.isScalarValue()) {
            throw malformed("a text was expected");
        }
        try {
            return parser.getText();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The text, or null when something else is here; what programs write in many ways and we only show. */
    public @Nullable String textIfAny() {
        var token = parser.currentToken();
        return token == null || !token.isScalarValue() ? null : text();
    }

    public boolean isTrue() {
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    /** The whole value; only for what is small by its nature. */
    public JsonNode tree() {
        try {
            return tree(new int[] {TREE});
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private JsonNode tree(int[] left) throws IOException {
        if (--left[0] < 0) {
            throw malformed("this is larger than anything of its kind: more than " + TREE + " tokens");
        }
        var make = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = make.objectNode();
                for (var token = token(); token == JsonToken.FIELD_NAME; token = token()) {
                    var name = name();
                    token();
                    object.set(name, tree(left));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = make.arrayNode();
                while (token() != JsonToken.END_ARRAY) {
                    array.add(tree(left));
                }
                yield array;
            }
            case VALUE_TRUE -> make.booleanNode(true);
            case VALUE_FALSE -> make.booleanNode(false);
            case VALUE_NULL -> make.nullNode();
            // A number stays as it is written: nobody computes with it here.
            default -> make.textNode(parser.getText());
        };
    }

    /** JSON path of where the cursor stands: {@code $.matches[3].artifact}. */
    public String place() {
        var steps = new ArrayDeque<String>();
        JsonStreamContext here = parser.getParsingContext();
        // At the beginning of a list the parser already counts within it.
        if (isArray()) {
            here = here.getParent();
        }
        for (JsonStreamContext at = here; at != null && !at.inRoot(); at = at.getParent()) {
            if (at.inArray()) {
                steps.push("[" + at.getCurrentIndex() + "]");
            } else if (at.getCurrentName() != null) {
                steps.push("." + at.getCurrentName());
            }
        }
        return prefix() + "$" + String.join("", steps);
    }

    /** A fault at the cursor's place. */
    public MalformedInput malformed(String message) {
        return new MalformedInput(place(), message);
    }

    /** What is skipped is read all the same: a fault in it is a fault of the file. */
    private void skip() {
        var token = parser.currentToken();
        for (int open = opens(token); open > 0; open += opens(token)) {
            token = token();
        }
    }

    private static int opens(@Nullable JsonToken token) {
        return token == null ? 0 : token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }

    private String name() {
        try {
            return parser.currentName();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private @Nullable JsonToken token() {
        try {
            var token = parser.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                once(parser.currentName());
            } else if (token == JsonToken.START_OBJECT) {
                if (objects == names.size()) {
                    names.add(new Names());
                }
                names.get(objects++).clear();
            } else if (token == JsonToken.END_OBJECT) {
                objects--;
            }
            return token;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Two readers of the same report must not see two different reports. */
    private void once(String name) throws IOException {
        if (!names.get(objects - 1).add(name)) {
            throw new JsonParseException(parser, "Duplicate field '" + name + "'", parser.currentTokenLocation());
        }
    }

    /** The names of one object's fields; Jackson's own check of them costs as much as the reading. */
    private static final class Names {

        private static final int FEW = 32;

        private final String[] few = new String[FEW];
        private final Set<String> many = new HashSet<>();
        private int count;
        /** A bit for each name's hash: most names are new, and most of those have a bit of their own. */
        private long hashes;

        void clear() {
            if (count > FEW) {
                many.clear();
            }
            count = 0;
            hashes = 0;
        }

        /** False when it was there. */
        boolean add(String name) {
            long hash = 1L << name.hashCode();
            if ((hashes & hash) != 0 && contains(name)) {
                return false;
            }
            hashes |= hash;
            if (count < FEW) {
                few[count] = name;
            } else {
                many.add(name);
            }
            count++;
            return true;
        }

        private boolean contains(String name) {
            for (int i = 0; i < Math.min(count, FEW); i++) {
                if (few[i].equals(name)) {
                    return true;
                }
            }
            return many.contains(name);
        }
    }

    private MalformedInput unreadable(IOException e) {
        if (e instanceof JsonProcessingException syntax) {
            var at = syntax.getLocation();
            var place = at == null ? "the file" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
            return new MalformedInput(
                    prefix() + place, "not JSON as it is read here: " + syntax.getOriginalMessage(), e);
        }
        return unreadable(file, e);
    }

    private static MalformedInput unreadable(String file, IOException e) {
        return new MalformedInput(
                file.isEmpty() ? "the file" : file, "it cannot be read to its end: " + e.getMessage(), e);
    }

    private String prefix() {
        return file.isEmpty() ? "" : file + ": ";
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }
}
