package org.patchboard.inventory;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keeps maintenance groups: assets that share owner, windows, rings and plans (NIST SP 800-40r4 section 3). */
@UseCase
public class MaintenanceGroups {

    private static final Set<String> DEPLOYERS = Set.of("ansible", "manual", "simulator");
    private static final Set<String> VERIFIERS = Set.of("dpkg-query", "report", "simulator");

    /**
     * A group.
     *
     * @param id lower case, digits and dashes
     * @param owner login of the asset owner
     * @param zone IANA zone its people think in
     * @param deployer {@code ansible}, {@code manual} or {@code simulator}
     * @param verifier {@code dpkg-query}, {@code report} or {@code simulator}
     */
    public record MaintenanceGroup(
            String id, String name, String owner, String zone, String deployer, String verifier) {

        public MaintenanceGroup {
            if (!id.matches("[a-z0-9][a-z0-9-]{0,62}")) {
                throw Refusal.incomplete("A group's id has lower-case letters, digits and dashes.");
            }
            if (!DEPLOYERS.contains(deployer) || !VERIFIERS.contains(verifier)) {
                throw Refusal.incomplete(
                        "A deployer is one of %s, a verifier one of %s.".formatted(DEPLOYERS, VERIFIERS));
            }
            try {
                ZoneId.of(zone);
            } catch (DateTimeException e) {
                throw Refusal.incomplete("There is no time zone \"" + zone + "\".");
            }
        }
    }

    private final JdbcClient jdbc;
    private final AuditTrail audit;

    MaintenanceGroups(JdbcClient jdbc, AuditTrail audit) {
        this.jdbc = jdbc;
        this.audit = audit;
    }

    public List<MaintenanceGroup> all() {
        return jdbc.sql("select id, name, owner, zone, deployer, verifier from maintenance_group order by id")
                .query(MaintenanceGroup.class)
                .list();
    }

    /** @throws Refusal when there is none */
    public MaintenanceGroup get(String id) {
        return jdbc.sql("select id, name, owner, zone, deployer, verifier from maintenance_group where id = ?")
                .param(id)
                .query(MaintenanceGroup.class)
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no maintenance group " + id + "."));
    }

    /**
     * Removes a group that nothing belongs to.
     *
     * @throws Refusal when there is none, or an asset belongs to it, or a change was ever for it
     */
    public void remove(String id, Actor actor) {
        var group = get(id);
        var used = jdbc.sql("""
                        select (select count(*) from asset where maintenance_group = :id)
                             + (select count(*) from change_record where maintenance_group = :id)""").param("id", id).query(Long.class).single();
        if (used > 0) {
            throw Refusal.conflict(
                    "%s has assets or changes; a group that was worked with stays.".formatted(group.name()));
        }
        jdbc.sql("delete from maintenance_group where id = ?").param(id).update();
        audit.record("maintenance-group:" + id, actor, "maintenance-group-removed", id, Map.of("name", group.name()));
    }

    /** Adds the group, or changes it. */
    public void put(MaintenanceGroup group, Actor actor) {
        jdbc.sql("""
                        insert into maintenance_group (id, name, owner, zone, deployer, verifier)
                        values (:id, :name, :owner, :zone, :deployer, :verifier)
                        on conflict (id) do update set name = excluded.name, owner = excluded.owner, zone = excluded.zone,
                          deployer = excluded.deployer, verifier = excluded.verifier""").paramSource(group).update();
        audit.record(
                "maintenance-group:" + group.id(),
                actor,
                "maintenance-group-put",
                group.id(),
                Map.of("owner", group.owner(), "deployer", group.deployer(), "verifier", group.verifier()));
    }
}
