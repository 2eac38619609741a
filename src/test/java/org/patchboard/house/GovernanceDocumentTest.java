package org.patchboard.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/governance.md} names what holds a law and what proves it; what it names is there. */
class GovernanceDocumentTest {

    private static final Path DOCUMENT = Path.of("docs", "governance.md");
    private static final Pattern NAMED = Pattern.compile("`([^`\n]+)`");
    private static final Pattern CLASS = Pattern.compile(
            "(?:(?<room>[a-z]+(?:\\.[a-z]+)*)\\.)?(?<type>[A-Z]\\w*[a-z]\\w*)(?:\\.(?<member>[a-z]\\w*)(?:\\(\\))?)?");
    private static final Pattern MEMBER_OF_THE_LAST = Pattern.compile("\\.(?<member>[a-z]\\w*)");
    private static final Pattern MODEL = Pattern.compile("[a-z][a-z0-9-]*\\.(?:bpmn|dmn)");
    private static final Pattern WORD =
            Pattern.compile("[a-z]+(?:[-_][a-z0-9]+)+|[A-Z]+(?:_[A-Z]+)+|[A-Z]\\w+_[A-Z]\\w+");

    private static final Map<String, Path> SOURCES = new HashMap<>();
    private static String everything = "";

    @BeforeAll
    static void readTheHouse() throws IOException {
        var text = new StringBuilder();
        for (var root : List.of("src/main/java", "src/test/java", "src/main/resources/db", "processes")) {
            try (var files = Files.walk(Path.of(root))) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    SOURCES.put(file.getFileName().toString(), file);
                    text.append(read(file)).append(file.getFileName()).append('\n');
                }
            }
        }
        everything = text.toString();
    }

    @Test
    void everythingItNamesExists() throws IOException {
        var missing = new ArrayList<String>();
        for (var line : Files.readAllLines(DOCUMENT)) {
            var last = "";
            for (var match = NAMED.matcher(line); match.find(); ) {
                var named = match.group(1);
                var type = CLASS.matcher(named);
                var member = MEMBER_OF_THE_LAST.matcher(named);
                if (MODEL.matcher(named).matches()) {
                    check(SOURCES.containsKey(named), named, missing);
                } else if (member.matches()) {
                    check(has(last, member.group("member")), last + named, missing);
                } else if (WORD.matcher(named).matches()) {
                    check(everything.contains(named), named, missing);
                } else if (type.matches()) {
                    last = type.group("type");
                    check(isThere(type.group("room"), last), named, missing);
                    check(type.group("member") == null || has(last, type.group("member")), named, missing);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyLawIsProvedByATest() throws IOException {
        var laws = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.matches("\\| \\d+ .*"))
                .collect(Collectors.toMap(line -> line.split(" ")[1], line -> line));
        for (int law = 1; law <= 11; law++) {
            assertThat(laws.get("" + law)).as("law " + law).isNotNull();
            assertThat(laws.get("" + law).split("\\|")[3]).as("law " + law).containsPattern("`\\w+(Test|Contract)[`.]");
        }
    }

    private static boolean isThere(String room, String type) {
        var file = SOURCES.get(type + ".java");
        return file == null
                ? everything.contains(" " + type + "(") || everything.contains("@interface " + type)
                : room == null || file.toString().contains("/" + room.replace('.', '/') + "/" + type + ".java");
    }

    private static boolean has(String type, String member) {
        var file = SOURCES.get(type + ".java");
        return file != null
                && Pattern.compile("\\b" + member + "\\(").matcher(read(file)).find();
    }

    private static void check(boolean holds, String named, List<String> missing) {
        if (!holds) {
            missing.add(named);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
