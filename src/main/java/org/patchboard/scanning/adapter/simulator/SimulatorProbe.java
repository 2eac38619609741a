package org.patchboard.scanning.adapter.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.patchboard.scanning.spi.PackageProbe;
import org.patchboard.shared.Host;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Looks at simulated hosts: sees what the simulator's deployer did there, and before that what the inventory says. A
 * host whose name contains {@code -unreachable} cannot be reached.
 */
@Component
class SimulatorProbe implements PackageProbe {

    private final JdbcClient jdbc;

    SimulatorProbe(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String product() {
        return "simulator";
    }

    @Override
    public Sight look(List<Host> hosts, Set<String> packages, Duration patience) {
        var seen = new ArrayList<Seen>();
        var unreachable = new ArrayList<Unreachable>();
        for (var host : hosts) {
            if (host.name().contains("-unreachable")) {
                unreachable.add(new Unreachable(host, "simulated: no route to host"));
            } else {
                packages.forEach(name -> seen.add(look(host, name)));
            }
        }
        return new Sight(seen, unreachable);
    }

    private Seen look(Host host, String name) {
        record Found(String version, boolean rebootPending, boolean changed) {}
        var found = jdbc.sql("""
                        select version, reboot_pending, true as changed
                          from simulated_host where asset = :asset and package = :name
                        union all
                        select v.version, false, false
                          from installed_package i join package_version v on v.id = i.package_version
                         where i.asset = :asset and v.name = :name
                         order by changed desc limit 1""")
                .param("asset", host.asset().value())
                .param("name", name)
                .query(Found.class)
                .optional();
        return found.map(it -> new Seen(
                        host, name, it.version(), true, it.rebootPending(), "simulated: " + name + " " + it.version()))
                .orElseGet(() -> new Seen(host, name, null, false, false, "simulated: " + name + " is not there"));
    }
}
