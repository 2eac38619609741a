package org.patchboard.inventory;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.MalformedInput;

/**
 * RFC 4180, UTF-8, with a header: one line for each installed package, or one for an asset without packages. A column
 * that is missing or empty says nothing; lines about one asset must not contradict each other.
 */
final class CsvInventory {

    /** In this order in a row of ours. */
    private static final List<String> COLUMNS = List.of(
            "name",
            "kind",
            "os_family",
            "os_name",
            "os_version",
            "address",
            "maintenance_group",
            "criticality",
            "exposure",
            "environment",
            "ha_group",
            "owner",
            "tags",
            "ecosystem",
            "package",
            "version");

    private static final int ASSET_COLUMNS = 13;
    private static final int ECOSYSTEM = 13;
    private static final int PACKAGE = 14;
    private static final int VERSION = 15;

    private static final Set<String> KINDS = Set.of("server", "workstation", "network-device", "container-image");
    private static final Set<String> CRITICALITIES = Set.of("low", "medium", "high", "very-high");
    private static final Set<String> EXPOSURES = Set.of("internal", "public");
    private static final Set<String> ENVIRONMENTS = Set.of("lab", "test", "production");

    private static final int BOM = 0xFEFF;

    private final Intake intake;
    private long line = 1;
    private int[] header = {};
    private final @Nullable String[] row = new String[COLUMNS.size()];
    private final @Nullable String[] previous = new String[ASSET_COLUMNS];

    CsvInventory(Intake intake) {
        this.intake = intake;
    }

    /** Returns how many lines there were besides the header. */
    long read(InputStream file) {
        long read = 0;
        try (var text = new Quotes(text(file));
                CsvReader<CsvRecord> records =
                        CsvReader.builder().maxBufferSize(1 << 20).ofCsvRecord(text)) {
            for (var record : records) {
                line = record.getStartingLineNumber();
                if (header.length == 0) {
                    header = header(record);
                } else {
                    read++;
                    take(record);
                }
            }
            if (text.isOpen()) {
                throw new MalformedInput("line " + line, "not CSV (RFC 4180): a quotation mark has no counterpart");
            }
        } catch (CsvParseException e) {
            throw new MalformedInput("line " + (line + 1), "not CSV (RFC 4180): " + reason(e), e);
        } catch (UncheckedIOException e) {
            throw unreadable(e, line);
        } catch (IOException e) {
            throw unreadable(e, line);
        }
        if (header.length == 0) {
            throw new MalformedInput("line 1", "the file is empty");
        }
        return read;
    }

    /** The library takes the end of the file for the end of a quoted field; a file cut short must not pass for that. */
    private static final class Quotes extends FilterReader {

        private boolean open;

        Quotes(Reader in) {
            super(in);
        }

        boolean isOpen() {
            return open;
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            int some = super.read(buffer, offset, length);
            for (int i = offset; i < offset + some; i++) {
                open ^= buffer[i] == '"';
            }
            return some;
        }
    }

    /** Bytes that are no UTF-8 are a fault, not a question mark. */
    private static InputStreamReader text(InputStream file) throws IOException {
        var stream = new BufferedInputStream(file, 1 << 16);
        stream.mark(3);
        var start = stream.readNBytes(3);
        if (!new String(start, StandardCharsets.UTF_8).equals(Character.toString(BOM))) {
            stream.reset();
        }
        return new InputStreamReader(
                stream,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    private static int[] header(CsvRecord record) {
        var places = new int[record.getFieldCount()];
        var seen = new java.util.HashSet<String>();
        for (int i = 0; i < places.length; i++) {
            var column = record.getField(i).strip();
            places[i] = COLUMNS.indexOf(column);
            if (places[i] < 0) {
                throw new MalformedInput(
                        "line 1", "there is no column \"" + column + "\"; there are " + String.join(", ", COLUMNS));
            }
            if (!seen.add(column)) {
                throw new MalformedInput("line 1", "the column \"" + column + "\" is there twice");
            }
        }
        if (!seen.contains("name")) {
            throw new MalformedInput("line 1", "there is no column \"name\"");
        }
        return places;
    }

    private String place() {
        return "line " + line;
    }

    private void take(CsvRecord record) {
        if (record.getFieldCount() != header.length) {
            throw new MalformedInput(
                    place(), "%d fields, but the header has %d".formatted(record.getFieldCount(), header.length));
        }
        for (int i = 0; i < header.length; i++) {
            var field = record.getField(i).strip();
            row[header[i]] = field.isEmpty() ? null : field;
        }
        if (row[0] == null) {
            throw new MalformedInput(place(), "\"name\" is empty");
        }
        // Lines of one asset usually follow one another and repeat what they say about it.
        if (!Arrays.equals(row, 0, ASSET_COLUMNS, previous, 0, ASSET_COLUMNS)) {
            System.arraycopy(row, 0, previous, 0, ASSET_COLUMNS);
            intake.asset(asset(), place());
        }
        if (row[ECOSYSTEM] != null) {
            intake.installed(row[ECOSYSTEM], needed(PACKAGE), needed(VERSION), this::place);
        } else if (row[PACKAGE] != null || row[VERSION] != null) {
            throw new MalformedInput(place(), "\"ecosystem\" is empty");
        }
    }

    private Intake.Asset asset() {
        return new Intake.Asset(
                needed(0),
                one(1, KINDS),
                row[2],
                row[3],
                row[4],
                null,
                row[5],
                row[6],
                one(7, CRITICALITIES),
                one(8, EXPOSURES),
                one(9, ENVIRONMENTS),
                row[10],
                row[11],
                tags(row[12], place()));
    }

    private String needed(int column) {
        var value = row[column];
        if (value == null) {
            throw new MalformedInput(place(), "\"" + COLUMNS.get(column) + "\" is empty");
        }
        return value;
    }

    private @Nullable String one(int column, Set<String> allowed) {
        var value = row[column];
        if (value != null && !allowed.contains(value)) {
            throw new MalformedInput(
                    place(),
                    "\"%s\" is one of %s, not %s"
                            .formatted(
                                    COLUMNS.get(column),
                                    String.join(", ", allowed.stream().sorted().toList()),
                                    value));
        }
        return value;
    }

    private static @Nullable String tags(@Nullable String text, String place) {
        if (text == null) {
            return null;
        }
        for (var tag : text.split("[;, ]+", -1)) {
            if (!tag.matches("[A-Za-z0-9_.:-]+")) {
                throw new MalformedInput(
                        place, "\"tags\" are words of letters, digits and _ . : -, separated by spaces: " + text);
            }
        }
        return "{" + String.join(",", text.split("[;, ]+", -1)) + "}";
    }

    private static String reason(CsvParseException e) {
        return e.getCause() == null || e.getCause().getMessage() == null
                ? String.valueOf(e.getMessage())
                : e.getCause().getMessage();
    }

    private static MalformedInput unreadable(Exception e, long line) {
        return e instanceof CharacterCodingException || e.getCause() instanceof CharacterCodingException
                ? new MalformedInput("after line " + line, "these bytes are no UTF-8", e)
                : new MalformedInput("after line " + line, "the file cannot be read to its end: " + e.getMessage(), e);
    }
}
