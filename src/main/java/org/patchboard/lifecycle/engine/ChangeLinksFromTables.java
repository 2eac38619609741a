package org.patchboard.lifecycle.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Moments;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class ChangeLinksFromTables implements ChangeLinks {

    private final JdbcClient jdbc;
    private final String address;

    ChangeLinksFromTables(JdbcClient jdbc, @Value("${patchboard.address}") String address) {
        this.jdbc = jdbc;
        this.address = address;
    }

    @Override
    public Map<String, Object> describe(ChangeId change) {
        return jdbc.sql("""
                        select id, title, state, coalesce(priority, '') as priority, coalesce(class, '') as class,
                               coalesce(risk, '') as risk, advisory, maintenance_group, reason, requester, due_at,
                               coalesce(due_pack, '') as due_pack, coalesce(due_citation, '') as due_citation,
                               coalesce(p.revision::text, '') as plan_revision, coalesce(p.digest, '') as plan_digest
                          from change_record c
                          left join lateral (select revision, digest from plan_revision
                                              where change_id = c.id order by revision desc limit 1) p on true
                         where id = ?""")
                .param(change.value())
                .query((row, number) -> {
                    var described = new LinkedHashMap<String, Object>();
                    for (var column : new String[] {
                        "id", "title", "state", "priority", "class", "risk", "advisory", "reason", "requester"
                    }) {
                        described.put(column, row.getString(column));
                    }
                    described.put("maintenanceGroup", row.getString("maintenance_group"));
                    var due = row.getTimestamp("due_at");
                    described.put("due", due == null ? "" : Moments.utc(due.toInstant()));
                    described.put("deadline", due == null ? "" : due.toInstant());
                    described.put("duePack", row.getString("due_pack"));
                    described.put("dueCitation", row.getString("due_citation"));
                    described.put("planRevision", row.getString("plan_revision"));
                    described.put("planDigest", row.getString("plan_digest"));
                    described.put("url", page(change));
                    return (Map<String, Object>) described;
                })
                .single();
    }

    @Override
    public String task(String taskId) {
        return address + "/camunda/app/tasklist/default/#/?task=" + taskId;
    }

    @Override
    public String page(ChangeId change) {
        return address + "/changes/" + change;
    }
}
