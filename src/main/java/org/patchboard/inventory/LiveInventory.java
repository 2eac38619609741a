package org.patchboard.inventory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.inventory.spi.HostInventory;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Asks hosts themselves what they are and what is installed on them, outside any transaction, and imports their answers
 * like a file in one.
 */
@Component
public class LiveInventory {

    /** So many hosts in one request: their answers are held in memory until all have spoken. */
    static final int AT_ONCE = 500;

    /** @param address IP address or DNS name; null when the inventory knows it */
    public record Wanted(String name, @Nullable String address) {}

    private final List<HostInventory> products;
    private final InventoryImports imports;
    private final JdbcClient jdbc;
    private final Duration patience;

    LiveInventory(
            List<HostInventory> products,
            InventoryImports imports,
            JdbcClient jdbc,
            @Value("${patchboard.inventory.patience:PT10M}") Duration patience) {
        this.products = products;
        this.imports = imports;
        this.jdbc = jdbc;
        this.patience = patience;
    }

    /** Whether {@code source} asks hosts rather than reading a file. */
    public boolean speaks(String source) {
        return products.stream().anyMatch(product -> product.product().equals(source));
    }

    /**
     * Asks the hosts and imports what they said. A host that does not answer is named among the rejected and stays as it
     * was known.
     *
     * @param source {@link HostInventory#product()}
     * @param maintenanceGroup of hosts that are not known yet; known ones move to it. May be null
     * @param hosts none: all hosts of the group whose address is known
     * @throws Refusal when group, names or addresses are not what they should be
     * @throws org.patchboard.shared.AdapterFault when the product itself cannot be used
     */
    public ImportCounts ask(String source, @Nullable String maintenanceGroup, List<Wanted> hosts, Actor actor) {
        var product = products.stream()
                .filter(candidate -> candidate.product().equals(source))
                .findFirst()
                .orElseThrow(() -> Refusal.unknown("There is no live source of inventory called " + source + "."));
        if (maintenanceGroup != null && !isGroup(maintenanceGroup)) {
            throw Refusal.unknown("There is no maintenance group " + maintenanceGroup + ".");
        }
        var asked = hosts.isEmpty() ? known(maintenanceGroup) : named(hosts);
        if (asked.size() > AT_ONCE) {
            throw Refusal.incomplete("At most %d hosts are asked at once, not %d; name them in several requests."
                    .formatted(AT_ONCE, asked.size()));
        }
        return imports.importFacts(source, product.gather(asked, patience), maintenanceGroup, actor);
    }

    private boolean isGroup(String id) {
        return jdbc.sql("select exists (select from maintenance_group where id = ?)")
                .param(id)
                .query(Boolean.class)
                .single();
    }

    private List<Host> known(@Nullable String maintenanceGroup) {
        if (maintenanceGroup == null) {
            throw Refusal.incomplete("Say which hosts, or whose: \"hosts\" or \"maintenanceGroup\".");
        }
        var known = jdbc.sql("""
                        select name, address from asset
                         where maintenance_group = ? and address is not null and kind in ('server', 'workstation')
                         order by name""")
                .param(maintenanceGroup)
                .query((row, number) -> host(number, row.getString("name"), row.getString("address")))
                .list();
        if (known.isEmpty()) {
            throw Refusal.incomplete("No host of " + maintenanceGroup + " has a known address; name them.");
        }
        return known;
    }

    private List<Host> named(List<Wanted> hosts) {
        var addresses = new LinkedHashMap<String, String>();
        jdbc.sql("select name, address from asset where name = any(?) and address is not null")
                .param(hosts.stream().map(Wanted::name).toArray(String[]::new))
                .query((row, number) -> Map.entry(row.getString("name"), row.getString("address")))
                .list()
                .forEach(entry -> addresses.put(entry.getKey(), entry.getValue()));
        var asked = new ArrayList<Host>();
        for (var host : hosts) {
            if (asked.stream().anyMatch(other -> other.name().equals(host.name()))) {
                throw Refusal.incomplete(host.name() + " is named twice.");
            }
            var address = host.address() == null ? addresses.get(host.name()) : host.address();
            if (address == null) {
                throw Refusal.incomplete("The address of " + host.name() + " is not known; name it.");
            }
            asked.add(host(asked.size(), host.name(), address));
        }
        return asked;
    }

    /** The number only tells the answers of one run apart: the host need not be an asset yet. */
    private static Host host(int number, String name, String address) {
        try {
            return new Host(new AssetId(number + 1), name, address);
        } catch (IllegalArgumentException e) {
            throw Refusal.incomplete("A host cannot be asked: " + e.getMessage() + ".");
        }
    }
}
