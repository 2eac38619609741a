package org.patchboard.shared;

import java.util.Locale;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.semver4j.Semver;

/** Orders versions as their ecosystem does. */
public final class Versions {

    private Versions() {}

    /**
     * Negative, zero or positive as the first is older than, equal to or newer than the second.
     *
     * @param ecosystem {@code deb}, {@code rpm}, {@code maven}, {@code npm} …; an unknown one is ordered like Debian's
     */
    public static int compare(String ecosystem, String one, String other) {
        return switch (ecosystem.toLowerCase(Locale.ROOT)) {
            case "maven" -> new ComparableVersion(one).compareTo(new ComparableVersion(other));
            case "npm", "golang", "cargo" -> semantic(one, other);
            default -> debian(one, other);
        };
    }

    private static int semantic(String one, String other) {
        var first = Semver.coerce(one);
        var second = Semver.coerce(other);
        return first == null || second == null ? debian(one, other) : first.compareTo(second);
    }

    /** Debian Policy section 5.6.12: epoch, upstream version, revision. */
    static int debian(String one, String other) {
        var first = new Parts(one);
        var second = new Parts(other);
        int epochs = Long.compare(first.epoch, second.epoch);
        if (epochs != 0) {
            return epochs;
        }
        int upstream = part(first.upstream, second.upstream);
        return upstream != 0 ? upstream : part(first.revision, second.revision);
    }

    private static final class Parts {
        private final long epoch;
        private final String upstream;
        private final String revision;

        Parts(String version) {
            int colon = version.indexOf(':');
            epoch = colon > 0 && version.substring(0, colon).matches("[0-9]{1,18}")
                    ? Long.parseLong(version.substring(0, colon))
                    : 0;
            var rest = version.substring(colon + 1);
            int dash = rest.lastIndexOf('-');
            upstream = dash < 0 ? rest : rest.substring(0, dash);
            revision = dash < 0 ? "" : rest.substring(dash + 1);
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
            while (i < one.length() && isDigit(one.charAt(i))) {
                i++;
            }
            while (j < other.length() && isDigit(other.charAt(j))) {
                j++;
            }
            int difference = digits(one.substring(from, i), other.substring(start, j));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    /** Of any length: compared as text once leading zeros are gone. */
    private static int digits(String one, String other) {
        var first = one.replaceFirst("^0+", "");
        var second = other.replaceFirst("^0+", "");
        return first.length() != second.length() ? first.length() - second.length() : first.compareTo(second);
    }

    private static int order(String text, int at) {
        if (at >= text.length() || isDigit(text.charAt(at))) {
            return 0;
        }
        char c = text.charAt(at);
        if (c == '~') {
            return -1;
        }
        return Character.isLetter(c) ? c : c + 256;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
