package org.patchboard.scanning.spi;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Host;

/** Looks at a host and says which version of a package is there; something other than the installer. */
public interface PackageProbe {

    /**
     * What was seen.
     *
     * @param version the installed version; null when the package is not there
     * @param complete whether the package manager calls it completely installed
     * @param rebootPending whether the host waits for a restart
     * @param detail the package manager's own words
     */
    record Seen(
            Host host, String name, @Nullable String version, boolean complete, boolean rebootPending, String detail) {}

    /**
     * All that was seen, and who could not be reached.
     *
     * @param unreachable hosts about which nothing is known, and why; never counted as fixed
     */
    record Sight(List<Seen> seen, List<Unreachable> unreachable) {}

    record Unreachable(Host host, String why) {}

    /** The name in {@code maintenance_group.verifier}: {@code dpkg-query} … */
    String product();

    /**
     * @param packages names of packages to look for on every host
     * @param patience longest time for one host, at least one second
     */
    Sight look(List<Host> hosts, Set<String> packages, Duration patience);
}
