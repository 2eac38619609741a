package org.patchboard.scanning.adapter.dpkg;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.scanning.spi.PackageProbe.Seen;
import org.patchboard.shared.Host;

/**
 * What {@code dpkg-query} said on a host.
 *
 * @param lines by name: version and status of each architecture that has the package
 */
record DpkgAnswer(Map<String, List<Line>> lines, boolean rebootPending) {

    /** The last line: without it, the answer is not whole. */
    static final String COMPLETE = "complete";

    private static final String INSTALLED = "ii";

    record Line(String version, String status) {

        /** Not known to dpkg, or only its configuration files are left (dpkg-query(1), Status-Abbrev). */
        boolean absent() {
            return version.isEmpty() || status.endsWith("n") || status.endsWith("c");
        }
    }

    /** Null when the answer is not whole. */
    static @Nullable DpkgAnswer of(String text) {
        var said = text.lines().toList();
        if (said.isEmpty() || !said.get(said.size() - 1).equals(COMPLETE)) {
            return null;
        }
        var lines = new LinkedHashMap<String, List<Line>>();
        for (var line : said) {
            var fields = line.split("\t", -1);
            if (fields.length == 3) {
                lines.computeIfAbsent(fields[0], name -> new ArrayList<>()).add(new Line(fields[1], fields[2].strip()));
            }
        }
        return new DpkgAnswer(lines, said.contains("reboot-required"));
    }

    Seen about(Host host, String name) {
        var all = lines.getOrDefault(name, List.of());
        var there =
                new LinkedHashSet<>(all.stream().filter(line -> !line.absent()).toList());
        if (there.isEmpty()) {
            var detail = all.isEmpty()
                    ? "not known to dpkg"
                    : "dpkg status " + all.get(0).status();
            return new Seen(host, name, null, false, rebootPending, detail);
        }
        // several architectures may differ for a while, in the middle of an update: then it is not complete
        var first = there.iterator().next();
        var complete = there.size() == 1 && first.status().equals(INSTALLED);
        var detail = String.join(
                ", ",
                there.stream()
                        .map(line -> line.version() + " (dpkg status " + line.status() + ")")
                        .toList());
        return new Seen(host, name, first.version(), complete, rebootPending, detail);
    }
}
