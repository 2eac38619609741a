package org.patchboard.schedule;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Other changes that touch the same assets, or assets that stand in for each other. */
@Repository
class Neighbours {

    /**
     * Another change's live booking.
     *
     * @param what the shared assets or the shared high-availability group, for people
     */
    record Booked(ChangeId change, Instant start, Instant end, boolean sameAsset, String what) {}

    /** Another open change without a booking that has assets of ours in scope. */
    record Planned(ChangeId change, String assets) {}

    private final JdbcClient jdbc;

    Neighbours(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Booked> booked(ChangeScope scope, Instant from, Instant to) {
        return jdbc.sql("""
                        select b.change_id, b.starts_at, b.ends_at, n.same, n.what
                          from booking b
                          join change_record c on c.id = b.change_id and c.state not in ('closed', 'withdrawn')
                          join lateral (
                            select true as same, array_to_string((array_agg(distinct a.name order by a.name))[1\\:5], ', ') as what
                              from change_asset s join asset a on a.id = s.asset
                             where s.change_id = b.change_id and s.asset = any(:assets)
                            having count(*) > 0
                            union all
                            select false, string_agg(distinct a.ha_group, ', ' order by a.ha_group)
                              from change_asset s join asset a on a.id = s.asset
                             where s.change_id = b.change_id and not a.id = any(:assets)
                               and a.ha_group in (select o.ha_group from asset o where o.id = any(:assets))
                            having count(*) > 0) n on true
                         where b.state in ('booked', 'used') and b.change_id <> :change
                           and b.starts_at < :to and b.ends_at > :from
                         order by b.starts_at, b.change_id, n.same""")
                .param("assets", scope.keys())
                .param("change", scope.change().value())
                .param("from", from.atOffset(ZoneOffset.UTC))
                .param("to", to.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Booked(
                        new ChangeId(row.getString("change_id")),
                        row.getTimestamp("starts_at").toInstant(),
                        row.getTimestamp("ends_at").toInstant(),
                        row.getBoolean("same"),
                        row.getString("what")))
                .list();
    }

    List<Planned> planned(ChangeScope scope) {
        return jdbc.sql("""
                        select c.id, array_to_string((array_agg(distinct a.name order by a.name))[1\\:5], ', ') as assets
                          from change_record c
                          join change_asset s on s.change_id = c.id and s.asset = any(:assets)
                          join asset a on a.id = s.asset
                         where c.id <> :change and c.state not in ('triage', 'review', 'closed', 'withdrawn')
                           and not exists (select from booking b where b.change_id = c.id and b.state in ('booked', 'used'))
                         group by c.id order by c.id""")
                .param("assets", scope.keys())
                .param("change", scope.change().value())
                .query((row, number) -> new Planned(new ChangeId(row.getString("id")), row.getString("assets")))
                .list();
    }

    /** High-availability groups that have more than one asset among these. */
    List<String> haGroupsTwiceIn(Collection<AssetId> assets) {
        return jdbc.sql("""
                        select ha_group || ' (' || string_agg(name, ', ' order by name) || ')' from asset
                         where id = any(:assets) and ha_group is not null
                         group by ha_group having count(*) > 1 order by ha_group""")
                .param("assets", assets.stream().map(AssetId::value).toArray(Long[]::new))
                .query(String.class)
                .list();
    }
}
