package org.patchboard.scanning;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Software;
import org.patchboard.shared.Versions;

/** Where the readers of all scanners put what they read. A report is about one thing, or about several. */
final class Report {

    /** The report's own subject, known perhaps only at its end. */
    static final String ITS_OWN = "";

    private static final int LONGEST_ID = 100;
    private static final int NAMED = 1_000;

    private final Rows findings;
    private final Set<String> subjects = new HashSet<>();
    private final List<String> rejected = new ArrayList<>();
    private @Nullable Instant made;
    private @Nullable String subject;
    private int number;
    private boolean begun;

    /** Takes a finding: number, subject, id, ecosystem, package, installed version, fixed version, severity. */
    interface Rows {
        void add(@Nullable Object... columns);
    }

    Report(Rows findings) {
        this.findings = findings;
    }

    /** The table that a report's findings are staged in. */
    static Staging staging(DataSource database) {
        return Staging.open(database, """
                staged_finding (number integer, subject text, cve text, ecosystem text, package text,
                                installed_version text, fixed_version text, severity text)""");
    }

    /** Two reports in one archive would each close what the other opens. */
    Report begin(String file) {
        if (begun) {
            throw new MalformedInput(file, "one report at a time: this archive has several files");
        }
        begun = true;
        return this;
    }

    /** When the scanner looked. */
    void made(@Nullable Instant at) {
        made = at;
    }

    @Nullable
    Instant made() {
        return made;
    }

    /** What the report calls the thing it is about. */
    void subject(@Nullable String name) {
        subject = name == null || name.isBlank() ? null : name;
    }

    /** One of several things the report is about; it may turn out to have nothing wrong. */
    void about(String name) {
        subjects.add(name);
    }

    /** Names of what the report is about; empty when it does not say. */
    Set<String> subjects() {
        return !subjects.isEmpty() ? subjects : subject == null ? Set.of() : Set.of(subject);
    }

    /** Whether there is one subject only, whatever it is called. */
    boolean single() {
        return subjects.isEmpty();
    }

    /**
     * @param fixes versions in which it is fixed, in any order; the nearest one above what is installed counts
     * @param place asked for only when something is wrong with it
     */
    void finding(
            String about,
            String id,
            String ecosystem,
            String name,
            String installed,
            List<String> fixes,
            @Nullable String severity,
            Supplier<String> place) {
        if (id.length() > LONGEST_ID || id.isBlank()) {
            throw new MalformedInput(place.get(), "not the id of a vulnerability: " + id);
        }
        if (installed.length() > 400) {
            throw new MalformedInput(place.get(), "not a version of " + name);
        }
        Software software;
        try {
            software = new Software(ecosystem, name);
        } catch (IllegalArgumentException e) {
            throw new MalformedInput(place.get(), String.valueOf(e.getMessage()), e);
        }
        findings.add(
                ++number,
                about,
                id,
                software.ecosystem(),
                software.name(),
                installed,
                fix(software.ecosystem(), installed, fixes),
                severity(severity));
    }

    private static @Nullable String fix(String ecosystem, String installed, List<String> fixes) {
        String nearest = null;
        String highest = null;
        for (var fix : fixes) {
            if (!Software.isVersion(fix)) {
                continue;
            }
            if (highest == null || Versions.compare(ecosystem, fix, highest) > 0) {
                highest = fix;
            }
            if (Versions.compare(ecosystem, fix, installed) > 0
                    && (nearest == null || Versions.compare(ecosystem, fix, nearest) < 0)) {
                nearest = fix;
            }
        }
        return nearest != null ? nearest : highest;
    }

    private static String severity(@Nullable String word) {
        return switch (word == null ? "" : word.toLowerCase(Locale.ROOT)) {
            case "critical" -> "critical";
            case "high", "important" -> "high";
            case "medium", "moderate" -> "medium";
            case "low", "negligible" -> "low";
            case "none" -> "none";
            default -> "unknown";
        };
    }

    /** An item is left out, for a reason that is no fault of the file. */
    void reject(String reason) {
        if (rejected.size() < NAMED) {
            rejected.add(reason);
        } else if (rejected.size() == NAMED) {
            rejected.add("and more");
        }
    }

    List<String> rejected() {
        return List.copyOf(rejected);
    }
}
