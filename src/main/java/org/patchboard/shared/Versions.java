package org.patchboard.shared;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.jspecify.annotations.Nullable;

/** Orders versions as their ecosystem does (ADR-0005). What is no version of its ecosystem is ordered like Debian's. */
public final class Versions {

    private Versions() {}

    /**
     * Negative, zero or positive as the first is older than, equal to or newer than the second.
     *
     * @param ecosystem type of the package URL: {@code deb}, {@code rpm}, {@code apk}, {@code pypi}, {@code npm} …; an
     *     unknown one is ordered like Debian's
     */
    public static int compare(String ecosystem, String one, String other) {
        if (one.equals(other)) {
            return 0;
        }
        return switch (ecosystem.toLowerCase(Locale.ROOT)) {
            case "rpm", "alpm" -> rpm(one, other);
            case "apk" -> Alpine.compare(one, other);
            case "maven" -> new ComparableVersion(one).compareTo(new ComparableVersion(other));
            case "npm", "golang", "cargo", "composer", "nuget", "hex", "pub", "swift" -> semantic(one, other);
            case "pypi" -> python(one, other);
            case "gem" -> gem(one, other);
            default -> debian(one, other);
        };
    }

    /** Whether every one of these is at least as new as the fix; of several installed side by side the oldest counts. */
    public static boolean reached(String ecosystem, List<String> installed, String fixed) {
        return !installed.isEmpty() && installed.stream().allMatch(version -> compare(ecosystem, version, fixed) >= 0);
    }

    /** Debian Policy section 5.6.12: epoch, upstream version, revision. */
    static int debian(String one, String other) {
        var first = new Parts(one);
        var second = new Parts(other);
        int epochs = digits(first.epoch, second.epoch);
        if (epochs != 0) {
            return epochs;
        }
        int upstream = part(first.version, second.version);
        return upstream != 0 ? upstream : part(first.revision, second.revision);
    }

    private static final class Parts {
        private final String epoch;
        private final String version;
        private final String revision;
        private final boolean revised;

        Parts(String text) {
            int colon = text.indexOf(':');
            var hasEpoch = colon > 0 && text.chars().limit(colon).allMatch(c -> isDigit((char) c));
            epoch = hasEpoch ? text.substring(0, colon) : "0";
            var rest = hasEpoch ? text.substring(colon + 1) : text;
            int dash = rest.lastIndexOf('-');
            revised = dash >= 0;
            version = revised ? rest.substring(0, dash) : rest;
            revision = revised ? rest.substring(dash + 1) : "";
        }
    }

    /** Alternates between runs of non-digits, in which a tilde sorts before the end, and runs of digits. */
    private static int part(String one, String other) {
        int i = 0;
        int j = 0;
        while (i < one.length() || j < other.length()) {
            while (i < one.length() && !isDigit(one.charAt(i)) || j < other.length() && !isDigit(other.charAt(j))) {
                int difference = order(one, i) - order(other, j);
                if (difference != 0) {
                    return difference;
                }
                i++;
                j++;
            }
            int from = i;
            int start = j;
            i = run(one, i, true);
            j = run(other, j, true);
            int difference = digits(one.substring(from, i), other.substring(start, j));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int order(String text, int at) {
        if (at >= text.length() || isDigit(text.charAt(at))) {
            return 0;
        }
        char c = text.charAt(at);
        if (c == '~') {
            return -1;
        }
        return isLetter(c) ? c : c + 256;
    }

    /** rpm-version(7): epoch, version, release; a release that one side does not name is not compared. */
    static int rpm(String one, String other) {
        var first = new Parts(one);
        var second = new Parts(other);
        int epochs = digits(first.epoch, second.epoch);
        if (epochs != 0) {
            return epochs;
        }
        int versions = segments(first.version, second.version);
        return versions != 0 || !first.revised || !second.revised
                ? versions
                : segments(first.revision, second.revision);
    }

    /** rpm's rpmvercmp: letters and digits in turns, all else separates; tilde before everything, caret after the end. */
    private static int segments(String one, String other) {
        int i = 0;
        int j = 0;
        while (true) {
            i = separators(one, i);
            j = separators(other, j);
            if (is(one, i, '~') || is(other, j, '~')) {
                if (!is(one, i, '~')) {
                    return 1;
                }
                if (!is(other, j, '~')) {
                    return -1;
                }
                i++;
                j++;
                continue;
            }
            if (is(one, i, '^') || is(other, j, '^')) {
                if (i == one.length() || j < other.length() && !is(one, i, '^')) {
                    return i == one.length() ? -1 : 1;
                }
                if (!is(other, j, '^')) {
                    return j == other.length() ? 1 : -1;
                }
                i++;
                j++;
                continue;
            }
            if (i == one.length() || j == other.length()) {
                return Integer.compare(one.length() - i, other.length() - j);
            }
            boolean number = isDigit(one.charAt(i));
            int from = i;
            int start = j;
            i = run(one, i, number);
            j = run(other, j, number);
            if (start == j) {
                return number ? 1 : -1;
            }
            int difference = number
                    ? digits(one.substring(from, i), other.substring(start, j))
                    : one.substring(from, i).compareTo(other.substring(start, j));
            if (difference != 0) {
                return difference;
            }
        }
    }

    private static int separators(String text, int from) {
        int at = from;
        while (at < text.length()
                && !isDigit(text.charAt(at))
                && !isLetter(text.charAt(at))
                && text.charAt(at) != '~'
                && text.charAt(at) != '^') {
            at++;
        }
        return at;
    }

    private static boolean is(String text, int at, char wanted) {
        return at < text.length() && text.charAt(at) == wanted;
    }

    private static int run(String text, int from, boolean number) {
        int at = from;
        while (at < text.length() && (number ? isDigit(text.charAt(at)) : isLetter(text.charAt(at)))) {
            at++;
        }
        return at;
    }

    /** As apk-tools 2 compares (src/version.c): digits, letter, suffixes, revision. */
    private static final class Alpine {

        /** In this order: of two versions equal so far, the one whose next part comes later here is the older. */
        private enum Token {
            DIGIT_OR_ZERO,
            DIGIT,
            LETTER,
            SUFFIX,
            SUFFIX_NUMBER,
            REVISION,
            END,
            INVALID
        }

        private static final List<String> BEFORE = List.of("alpha", "beta", "pre", "rc");
        private static final List<String> AFTER = List.of("cvs", "svn", "git", "hg", "p");

        private final String text;
        private int at;
        private Token token = Token.DIGIT;

        private Alpine(String text) {
            this.text = text;
        }

        static int compare(String one, String other) {
            var first = new Alpine(one);
            var second = new Alpine(other);
            var ours = BigInteger.ZERO;
            var theirs = BigInteger.ZERO;
            while (first.token == second.token
                    && first.token != Token.END
                    && first.token != Token.INVALID
                    && ours.equals(theirs)) {
                ours = first.next();
                theirs = second.next();
            }
            if (!ours.equals(theirs)) {
                return ours.compareTo(theirs);
            }
            if (first.token == Token.INVALID || second.token == Token.INVALID) {
                return debian(one, other);
            }
            if (first.token == second.token) {
                return 0;
            }
            if (first.token == Token.SUFFIX && first.next().signum() < 0) {
                return -1;
            }
            if (second.token == Token.SUFFIX && second.next().signum() < 0) {
                return 1;
            }
            return second.token.compareTo(first.token);
        }

        private BigInteger next() {
            if (at >= text.length()) {
                token = Token.END;
                return BigInteger.ZERO;
            }
            int from = at;
            BigInteger value;
            switch (token) {
                case DIGIT_OR_ZERO, DIGIT, SUFFIX_NUMBER, REVISION -> {
                    if (token == Token.DIGIT_OR_ZERO && is(text, at, '0')) {
                        // A part that begins with zeros is a fraction: the more zeros, the smaller.
                        while (is(text, at, '0')) {
                            at++;
                        }
                        if (at < text.length() && isDigit(text.charAt(at))) {
                            token = Token.DIGIT;
                            return BigInteger.valueOf(from - (long) at);
                        }
                        at = from;
                    }
                    at = run(text, at, true);
                    if (at == from) {
                        token = Token.INVALID;
                        return BigInteger.ZERO;
                    }
                    value = new BigInteger(text.substring(from, at));
                }
                case LETTER -> value = BigInteger.valueOf(text.charAt(at++));
                case SUFFIX -> {
                    at = run(text, at, false);
                    var word = text.substring(from, at);
                    if (BEFORE.contains(word)) {
                        value = BigInteger.valueOf(BEFORE.indexOf(word) - (long) BEFORE.size());
                    } else if (AFTER.contains(word)) {
                        value = BigInteger.valueOf(AFTER.indexOf(word));
                    } else {
                        token = Token.INVALID;
                        return BigInteger.ZERO;
                    }
                }
                default -> {
                    token = Token.INVALID;
                    return BigInteger.ZERO;
                }
            }
            advance();
            return value;
        }

        private void advance() {
            if (at >= text.length()) {
                token = Token.END;
                return;
            }
            char c = text.charAt(at);
            var before = token;
            if ((before == Token.DIGIT || before == Token.DIGIT_OR_ZERO) && c >= 'a' && c <= 'z') {
                token = Token.LETTER;
            } else if (before == Token.LETTER && isDigit(c)) {
                token = Token.DIGIT;
            } else if (before == Token.SUFFIX && isDigit(c)) {
                token = Token.SUFFIX_NUMBER;
            } else {
                token = switch (c) {
                    case '.' -> Token.DIGIT_OR_ZERO;
                    case '_' -> Token.SUFFIX;
                    case '-' -> is(text, at + 1, 'r') ? Token.REVISION : Token.INVALID;
                    default -> Token.INVALID;
                };
                at += token == Token.REVISION ? 2 : 1;
                if (token.compareTo(before) < 0
                        && !(token == Token.DIGIT_OR_ZERO && before == Token.DIGIT)
                        && !(token == Token.SUFFIX && before == Token.SUFFIX_NUMBER)) {
                    token = Token.INVALID;
                }
            }
        }
    }

    private static final Pattern SEMANTIC =
            Pattern.compile("[vV=]*([0-9]+(?:\\.[0-9]+)*)(?:-([0-9A-Za-z.-]+))?(?:\\+.*)?");

    /** Semantic Versioning 2.0.0, section 11; with any count of numbers, as NuGet and Composer have them. */
    private static int semantic(String one, String other) {
        var first = SEMANTIC.matcher(one);
        var second = SEMANTIC.matcher(other);
        if (!first.matches() || !second.matches()) {
            return debian(one, other);
        }
        int numbers = numbers(first.group(1), second.group(1));
        if (numbers != 0) {
            return numbers;
        }
        if (first.group(2) == null || second.group(2) == null) {
            return Boolean.compare(first.group(2) == null, second.group(2) == null);
        }
        var ours = first.group(2).split("\\.", -1);
        var theirs = second.group(2).split("\\.", -1);
        for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
            int difference = identifier(ours[i], theirs[i]);
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(ours.length, theirs.length);
    }

    /** Numbers come before words. */
    private static int identifier(String one, String other) {
        boolean number = isNumber(one);
        if (number != isNumber(other)) {
            return number ? -1 : 1;
        }
        return number ? digits(one, other) : one.compareTo(other);
    }

    /** What is missing is zero. */
    private static int numbers(String one, String other) {
        var ours = one.split("\\.", -1);
        var theirs = other.split("\\.", -1);
        for (int i = 0; i < Math.max(ours.length, theirs.length); i++) {
            int difference = digits(i < ours.length ? ours[i] : "", i < theirs.length ? theirs[i] : "");
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static final Pattern PYTHON = Pattern.compile("v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\\.[0-9]+)*)"
            + "(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>[0-9]*))?"
            + "(?<post>-(?<implicit>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>[0-9]*))?"
            + "(?<dev>[-_.]?dev[-_.]?(?<devNumber>[0-9]*))?"
            + "(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?");

    /** PEP 440: epoch, release, pre-release, post-release, development release, local version. */
    private static int python(String one, String other) {
        var first = PYTHON.matcher(one.strip().toLowerCase(Locale.ROOT));
        var second = PYTHON.matcher(other.strip().toLowerCase(Locale.ROOT));
        if (!first.matches() || !second.matches()) {
            return debian(one, other);
        }
        int difference = digits(orZero(first.group("epoch")), orZero(second.group("epoch")));
        difference = difference != 0 ? difference : numbers(first.group("release"), second.group("release"));
        difference = difference != 0 ? difference : Integer.compare(phase(first), phase(second));
        difference = difference != 0
                ? difference
                : digits(orZero(first.group("preNumber")), orZero(second.group("preNumber")));
        // Without one: a post-release comes later, a development release earlier.
        difference = difference != 0
                ? difference
                : Boolean.compare(first.group("post") != null, second.group("post") != null);
        difference = difference != 0 ? difference : digits(post(first), post(second));
        difference =
                difference != 0 ? difference : Boolean.compare(first.group("dev") == null, second.group("dev") == null);
        difference = difference != 0
                ? difference
                : digits(orZero(first.group("devNumber")), orZero(second.group("devNumber")));
        return difference != 0 ? difference : local(first.group("local"), second.group("local"));
    }

    /** A development release of the release itself comes before its pre-releases. */
    private static int phase(Matcher version) {
        var pre = version.group("pre");
        if (pre == null) {
            return version.group("post") == null && version.group("dev") != null ? 0 : 4;
        }
        return switch (pre) {
            case "a", "alpha" -> 1;
            case "b", "beta" -> 2;
            default -> 3;
        };
    }

    private static String post(Matcher version) {
        var implicit = version.group("implicit");
        return implicit != null ? implicit : orZero(version.group("postNumber"));
    }

    /** Words come before numbers here, and more parts after fewer. */
    private static int local(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return Boolean.compare(one != null, other != null);
        }
        var ours = one.split("[-_.]", -1);
        var theirs = other.split("[-_.]", -1);
        for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
            boolean number = isNumber(ours[i]);
            int difference = number != isNumber(theirs[i])
                    ? number ? 1 : -1
                    : number ? digits(ours[i], theirs[i]) : ours[i].compareTo(theirs[i]);
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(ours.length, theirs.length);
    }

    private static String orZero(@Nullable String number) {
        return number == null || number.isEmpty() ? "0" : number;
    }

    private static final Pattern GEM =
            Pattern.compile("[0-9]+(?:\\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?");
    private static final Pattern GEM_PART = Pattern.compile("[0-9]+|[a-zA-Z]+");

    /** Gem::Version: words before numbers, missing parts are zero, a hyphen begins a pre-release. */
    private static int gem(String one, String other) {
        if (!GEM.matcher(one).matches() || !GEM.matcher(other).matches()) {
            return debian(one, other);
        }
        var ours = gemParts(one);
        var theirs = gemParts(other);
        for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
            var first = i < ours.size() ? ours.get(i) : "0";
            var second = i < theirs.size() ? theirs.get(i) : "0";
            boolean number = isNumber(first);
            int difference = number != isNumber(second)
                    ? number ? 1 : -1
                    : number ? digits(first, second) : first.compareTo(second);
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static List<String> gemParts(String version) {
        var parts = new ArrayList<String>();
        var found = GEM_PART.matcher(version.replace("-", ".pre."));
        while (found.find()) {
            parts.add(found.group());
        }
        return parts;
    }

    /** Of any length: compared as text once leading zeros are gone. */
    private static int digits(String one, String other) {
        int i = zeros(one);
        int j = zeros(other);
        int lengths = Integer.compare(one.length() - i, other.length() - j);
        return lengths != 0 ? lengths : one.substring(i).compareTo(other.substring(j));
    }

    private static int zeros(String number) {
        int at = 0;
        while (at < number.length() && number.charAt(at) == '0') {
            at++;
        }
        return at;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && run(text, 0, true) == text.length();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
