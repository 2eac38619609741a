package org.patchboard.advisory;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.MalformedInput;

/** A day of FIRST's Exploit Prediction Scoring System: a comment with the day, a header, a line for each CVE. */
final class EpssScores {

    private static final Pattern DAY = Pattern.compile("score_date:([0-9]{4}-[0-9]{2}-[0-9]{2})");

    /** Where the number begins, behind the year. */
    private static final int NUMBER = "CVE-1999-".length();

    private final Staging staged;
    private String last = "";
    private boolean ascending = true;
    private long read;
    private @Nullable LocalDate day;

    EpssScores(Staging staged) {
        this.staged = staged;
    }

    void read(String name, InputStream file) {
        var prefix = name.isEmpty() ? "" : name + ": ";
        try {
            var text = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8), 1 << 16);
            day = day(text.readLine(), prefix);
            if (!"cve,epss,percentile".equals(text.readLine())) {
                throw new MalformedInput(prefix + "line 2", "the header cve,epss,percentile was expected");
            }
            scores(text, prefix);
        } catch (IOException | UncheckedIOException | CsvParseException e) {
            throw new MalformedInput(
                    prefix + "line " + (read + 3), "it cannot be read to its end: " + e.getMessage(), e);
        }
    }

    private static LocalDate day(@Nullable String comment, String prefix) {
        var dated = DAY.matcher(comment == null ? "" : comment);
        if (comment == null || !comment.startsWith("#") || !dated.find()) {
            throw new MalformedInput(prefix + "line 1", "a comment with score_date:YYYY-MM-DD was expected");
        }
        return FeedText.date(dated.group(1), prefix + "line 1");
    }

    private void scores(BufferedReader text, String prefix) throws IOException {
        var dated = String.valueOf(day);
        try (CsvReader<CsvRecord> rows =
                CsvReader.builder().maxBufferSize(1 << 16).ofCsvRecord(text)) {
            for (var row : rows) {
                var line = row.getStartingLineNumber() + 2;
                if (row.getFieldCount() != 3) {
                    throw new MalformedInput(prefix + "line " + line, "three columns were expected");
                }
                var cve = FeedText.cve(row.getField(0), () -> "line " + line);
                ascending = ascending && isBehind(cve, last);
                last = cve;
                staged.add(
                        cve,
                        probability(row.getField(1), prefix, line),
                        probability(row.getField(2), prefix, line),
                        dated);
                read++;
            }
        }
    }

    /** By year, then by number, in which a longer one is larger. */
    private static boolean isBehind(String cve, String other) {
        return cve.regionMatches(0, other, 0, NUMBER) && cve.length() != other.length()
                ? cve.length() > other.length()
                : cve.compareTo(other) > 0;
    }

    /** Whether each CVE stood behind the one before, as they are published: then none is there twice. */
    boolean ascending() {
        return ascending;
    }

    private static String probability(String text, String prefix, long line) {
        try {
            var number = Double.parseDouble(text);
            if (number >= 0 && number <= 1) {
                return text;
            }
        } catch (NumberFormatException e) {
            throw new MalformedInput(prefix + "line " + line, "not a probability: " + text, e);
        }
        throw new MalformedInput(prefix + "line " + line, "not a probability: " + text);
    }

    Feeds.Reading reading() {
        return new Feeds.Reading(
                read,
                List.of(),
                day == null ? null : day.atStartOfDay(ZoneOffset.UTC).toInstant(),
                true);
    }
}
