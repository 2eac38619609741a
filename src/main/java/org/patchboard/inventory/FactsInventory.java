package org.patchboard.inventory;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.Archive;
import org.patchboard.bulk.JsonCursor;
import org.patchboard.shared.MalformedInput;

/**
 * Facts as Ansible writes them: a file of its fact cache, the answer of its modules {@code setup} and
 * {@code package_facts} (facts under {@code ansible_facts}), a dump of the variable {@code ansible_facts} (names without
 * {@code ansible_}); of one host, or of many as a map by host, as a list, one behind the other, or as a folder in a zip or
 * tar. A host is called what its map or file calls it, for that is what Ansible calls it; else by its own host name.
 */
final class FactsInventory {

    /** Packages of one host; nothing has that many. */
    private static final int MOST_PACKAGES = 200_000;

    /** Fields by which an object is known to be about a host. */
    private static final Set<String> MARKS = Set.of("ansible_facts", "hostname", "distribution", "unreachable");

    private final Intake intake;
    private final @Nullable String asset;
    private long read;

    FactsInventory(Intake intake, @Nullable String asset) {
        this.intake = intake;
        this.asset = asset;
    }

    /** Returns how many hosts there were, with those that were unreachable. */
    long read(InputStream file) {
        Archive.each(file, (name, content) -> {
            try (var json = JsonCursor.open(content, name)) {
                json.first();
                do {
                    value(json, called(name));
                } while (json.next());
            }
        });
        return read;
    }

    /** One host under a name and perhaps an address that its asker knows better. */
    void read(InputStream document, String name, @Nullable String address, @Nullable String maintenanceGroup) {
        try (var json = JsonCursor.open(document, name)) {
            json.first();
            var host = new Host(json.place());
            json.object(field -> host.fact(json, field));
            host.address = address;
            host.maintenanceGroup = maintenanceGroup;
            keep(host, name);
            json.end();
        }
    }

    private static @Nullable String called(String file) {
        return file.isEmpty() ? null : file.endsWith(".json") ? file.substring(0, file.length() - 5) : file;
    }

    private void value(JsonCursor json, @Nullable String name) {
        if (json.isArray()) {
            json.array(() -> {
                var host = new Host(json.place());
                json.object(field -> host.fact(json, field));
                known(host);
                keep(host, host.name());
            });
            return;
        }
        var host = new Host(json.place());
        var several = new boolean[1];
        json.object(field -> {
            if (!host.fact(json, field) && !host.known && json.isObject()) {
                several[0] |= inMap(json, field);
            }
        });
        if (several[0] && host.known) {
            throw new MalformedInput(host.place, "this is about one host and has facts of others in it, too");
        }
        if (!several[0]) {
            known(host);
            keep(host, asset != null ? asset : name != null ? name : host.name());
        }
    }

    /** Whether the value is facts of a host that the map calls by this name. */
    private boolean inMap(JsonCursor json, String name) {
        var host = new Host(json.place());
        json.object(field -> host.fact(json, field));
        if (host.known) {
            keep(host, name);
        }
        return host.known;
    }

    private static void known(Host host) {
        if (!host.known) {
            throw new MalformedInput(host.place, "these are no facts of Ansible: nothing in it is known");
        }
    }

    private void keep(Host host, @Nullable String name) {
        read++;
        if (host.unreachable) {
            intake.reject(host.place, (name == null ? "the host" : name) + " was unreachable: " + host.message);
            return;
        }
        if (name == null) {
            throw new MalformedInput(host.place, "neither \"asset\" was given nor do the facts have a host name");
        }
        intake.asset(host.asset(name), host.place);
        for (var found : host.packages) {
            intake.installed(found.ecosystem(host.manager), found.name, found.version, () -> host.place);
        }
    }

    private record Package(@Nullable String source, String name, String version) {

        /** From the package's own source, else from the host's package manager. */
        String ecosystem(@Nullable String manager) {
            var word = source == null || source.isEmpty() ? manager : source;
            return switch (word == null ? "" : word) {
                case "apt", "dpkg", "deb" -> "deb";
                case "rpm", "yum", "dnf", "dnf5", "zypper", "atomic_container" -> "rpm";
                case "apk" -> "apk";
                case "pacman" -> "alpm";
                default -> "generic";
            };
        }
    }

    /** What is kept of one host's facts while they are read. */
    private static final class Host {

        private final String place;
        private final List<Package> packages = new ArrayList<>();
        private boolean known;
        private boolean unreachable;
        private String message = "";
        private @Nullable String name;
        private @Nullable String osFamily;
        private @Nullable String osName;
        private @Nullable String osVersion;
        private @Nullable String kernel;
        private @Nullable String manager;
        private @Nullable String address;
        private @Nullable String maintenanceGroup;

        Host(String place) {
            this.place = place;
        }

        /** Keeps a fact; says whether the field is one of a host's. */
        boolean fact(JsonCursor json, String field) {
            known |= MARKS.contains(field) || field.startsWith("ansible_");
            switch (field.startsWith("ansible_") && !field.equals("ansible_facts") ? field.substring(8) : field) {
                case "ansible_facts" -> json.object(inner -> fact(json, inner));
                case "unreachable" -> unreachable = json.isTrue();
                case "msg" -> message = shortened(json.textIfAny());
                case "hostname" -> name = json.textIfAny();
                case "os_family" -> osFamily = json.textIfAny();
                case "distribution" -> osName = json.textIfAny();
                case "distribution_version" -> osVersion = json.textIfAny();
                case "kernel" -> kernel = json.textIfAny();
                case "pkg_mgr" -> manager = json.textIfAny();
                case "default_ipv4" -> address(json);
                case "packages" -> {
                    known = true;
                    json.object(software -> json.array(() -> installed(json, software)));
                }
                default -> {
                    return field.startsWith("ansible_");
                }
            }
            return true;
        }

        private void address(JsonCursor json) {
            if (json.isObject()) {
                json.object(field -> {
                    if (field.equals("address")) {
                        address = json.textIfAny();
                    }
                });
            }
        }

        private void installed(JsonCursor json, String software) {
            var parts = new String[4];
            json.object(field -> {
                switch (field) {
                    case "source" -> parts[0] = json.textIfAny();
                    case "epoch" -> parts[1] = json.textIfAny();
                    case "version" -> parts[2] = json.textIfAny();
                    case "release" -> parts[3] = json.textIfAny();
                    default -> {}
                }
            });
            if (parts[2] == null) {
                throw json.malformed("a \"version\" was expected");
            }
            if (packages.size() == MOST_PACKAGES) {
                throw json.malformed("more than " + MOST_PACKAGES + " packages on one host");
            }
            var epoch = parts[1] == null || parts[1].isEmpty() || parts[1].equals("0") ? "" : parts[1] + ":";
            var release = parts[3] == null || parts[3].isEmpty() ? "" : "-" + parts[3];
            packages.add(new Package(parts[0], software, epoch + parts[2] + release));
        }

        private static String shortened(@Nullable String text) {
            return text == null ? "" : text.length() > 300 ? text.substring(0, 300) + "…" : text.strip();
        }

        @Nullable
        String name() {
            return name;
        }

        Intake.Asset asset(String called) {
            return new Intake.Asset(
                    called,
                    null,
                    osFamily,
                    osName,
                    osVersion,
                    kernel,
                    address,
                    maintenanceGroup,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }
    }
}
