package org.patchboard.shared;

import com.github.packageurl.MalformedPackageURLException;
import com.github.packageurl.PackageURL;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A package under the name by which inventory and scanners mean the same.
 *
 * @param ecosystem type of its package URL: {@code deb}, {@code rpm}, {@code apk}, {@code maven}, {@code npm} …
 * @param name as the ecosystem writes it: {@code openssl}, {@code org.example:library}, {@code @scope/library}; a name
 *     of PyPI in its normal form (PEP 503)
 */
public record Software(String ecosystem, String name) {

    private static final int LONGEST = 400;
    private static final int LONGEST_ECOSYSTEM = 40;

    public Software {
        ecosystem = ecosystem.toLowerCase(Locale.ROOT);
        if (!isEcosystem(ecosystem)) {
            throw new IllegalArgumentException("not an ecosystem of packages: " + shown(ecosystem));
        }
        if (name.isBlank() || name.length() > LONGEST) {
            throw new IllegalArgumentException("not a name of a package: " + shown(name));
        }
        if (ecosystem.equals("pypi")) {
            name = name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
        }
    }

    /** Software in a version. */
    public record Installed(Software software, String version) {}

    /** The type of a package URL, without looking at the rest; empty when this is none. */
    public static Optional<String> ecosystemOf(@Nullable String url) {
        if (url == null || !url.startsWith("pkg:") || url.indexOf('/') < 0) {
            return Optional.empty();
        }
        var type = url.substring(4, url.indexOf('/')).toLowerCase(Locale.ROOT);
        return isEcosystem(type) ? Optional.of(type) : Optional.empty();
    }

    /** What a package URL names; empty when it is none. The version is empty when the URL has none. */
    public static Optional<Installed> fromUrl(String url) {
        try {
            var purl = new PackageURL(url);
            var version = purl.getVersion() == null ? "" : purl.getVersion();
            var qualifiers = purl.getQualifiers();
            var epoch = qualifiers == null ? null : qualifiers.get("epoch");
            // Of RPM the epoch is a qualifier of its own (purl types: rpm); Debian's is part of the version.
            if (purl.getType().equals("rpm") && epoch != null && !epoch.equals("0") && !version.contains(":")) {
                version = epoch + ":" + version;
            }
            return Optional.of(new Installed(
                    new Software(purl.getType(), name(purl.getType(), purl.getNamespace(), purl.getName())), version));
        } catch (MalformedPackageURLException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The distribution is no part of the name: a host has packages of one only. */
    private static String name(String type, @Nullable String namespace, String name) {
        if (namespace == null) {
            return name;
        }
        return switch (type) {
            case "deb", "rpm", "apk", "alpm" -> name;
            case "maven" -> namespace + ":" + name;
            default -> namespace + "/" + name;
        };
    }

    /** Whether this can be a version: short, not blank. What it means is for its ecosystem to say. */
    public static boolean isVersion(String text) {
        return !text.isBlank() && text.length() <= LONGEST;
    }

    /** Lower-case letters and digits, and after the first of them {@code . + -}; asked for each of a million packages. */
    private static boolean isEcosystem(String text) {
        if (text.isEmpty() || text.length() > LONGEST_ECOSYSTEM) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean word = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (!word && (i == 0 || c != '.' && c != '+' && c != '-')) {
                return false;
            }
        }
        return true;
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
