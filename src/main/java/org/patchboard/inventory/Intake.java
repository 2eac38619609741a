package org.patchboard.inventory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.Staging;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Software;

/**
 * Where the readers of all formats put what they read, row by row. A million installed packages have some ten thousand
 * different versions: those are written once, and an installed package is two numbers.
 */
final class Intake {

    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:@-]{0,252}");

    /** Different versions remembered; more than that are written again, and merged by the database. */
    private static final int REMEMBERED = 100_000;

    /** Items left out that are named one by one; how many more there were is said, too. */
    private static final int NAMED = 1_000;

    /** What a source says about an asset; null is what it does not say. */
    record Asset(
            String name,
            @Nullable String kind,
            @Nullable String osFamily,
            @Nullable String osName,
            @Nullable String osVersion,
            @Nullable String kernel,
            @Nullable String address,
            @Nullable String maintenanceGroup,
            @Nullable String criticality,
            @Nullable String exposure,
            @Nullable String environment,
            @Nullable String haGroup,
            @Nullable String owner,
            @Nullable String tags) {

        static Asset of(String name, @Nullable String kind) {
            return new Asset(name, kind, null, null, null, null, null, null, null, null, null, null, null, null);
        }
    }

    /** As it is written in the file. */
    private record Version(String ecosystem, String name, String version) {

        /**
         * Texts are hashed by powers of 31; joined by 31 again, a digit of the name makes up for one of the version, and
         * thousands of versions have one hash.
         */
        @Override
        public int hashCode() {
            return (31 * ecosystem.hashCode() + name.hashCode()) * 0x9E3779B9 + version.hashCode();
        }
    }

    private final Staging assets;
    private final Staging versions;
    private final Staging packages;
    private final Map<Version, Integer> known = new HashMap<>();
    private final List<String> rejected = new ArrayList<>();
    private long leftOut;
    private int asset;
    private int version;
    private int[] installedOn = new int[1 << 12];
    private boolean repeats;

    Intake(DataSource database) {
        assets = Staging.open(database, """
                staged_asset (number integer, place text, name text, kind text, os_family text, os_name text,
                  os_version text, kernel text, address text, maintenance_group text, criticality text, exposure text,
                  environment text, ha_group text, owner text, tags text[])""");
        versions = Staging.open(database, "staged_version (number integer, ecosystem text, name text, version text)");
        packages = Staging.open(database, "staged_package (asset integer, version integer)");
    }

    /** What follows with {@link #installed} is installed on this asset. */
    void asset(Asset said, String place) {
        if (!NAME.matcher(said.name()).matches()) {
            throw new MalformedInput(place, "not a name of an asset: " + said.name());
        }
        assets.add(
                ++asset,
                place,
                said.name(),
                said.kind(),
                said.osFamily(),
                said.osName(),
                said.osVersion(),
                said.kernel(),
                said.address(),
                said.maintenanceGroup(),
                said.criticality(),
                said.exposure(),
                said.environment(),
                said.haGroup(),
                said.owner(),
                said.tags());
    }

    /** @param place asked for only when something is wrong with it */
    void installed(String ecosystem, String name, String text, Supplier<String> place) {
        var written = new Version(ecosystem, name, text);
        var number = known.get(written);
        if (number == null) {
            number = number(written, place);
        }
        // A package for two architectures is installed once.
        if (installedOn[number] != asset) {
            installedOn[number] = asset;
            packages.add(asset, number);
        }
    }

    private int number(Version written, Supplier<String> place) {
        Software software;
        try {
            software = new Software(written.ecosystem(), written.name());
        } catch (IllegalArgumentException e) {
            throw new MalformedInput(place.get(), String.valueOf(e.getMessage()), e);
        }
        if (!Software.isVersion(written.version())) {
            throw new MalformedInput(place.get(), "not a version of " + software.name());
        }
        if (known.size() >= REMEMBERED) {
            known.clear();
            repeats = true;
        }
        known.put(written, ++version);
        if (version == installedOn.length) {
            installedOn = Arrays.copyOf(installedOn, version * 2);
        }
        versions.add(version, software.ecosystem(), software.name(), written.version());
        repeats |=
                !software.name().equals(written.name()) || !software.ecosystem().equals(written.ecosystem());
        return version;
    }

    /** Whether one version may have several numbers. */
    boolean repeats() {
        return repeats;
    }

    /** An item is left out, for a reason that is no fault of the file. */
    void reject(String place, String reason) {
        if (++leftOut <= NAMED) {
            rejected.add(place + ": " + reason);
        }
    }

    List<String> finish() {
        assets.finish();
        versions.finish();
        packages.finish();
        if (leftOut > NAMED) {
            rejected.add("and " + (leftOut - NAMED) + " more");
        }
        return List.copyOf(rejected);
    }
}
