package org.patchboard.rollout;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What deployers said while they worked, an entry for each order; masked, bounded, and named in the audit by digest. */
@Repository
public class DeployerLogs {

    private final JdbcClient jdbc;

    DeployerLogs(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One log.
     *
     * @param name path of its own in the evidence, such as {@code plan-1/ring-2-install-1-1.txt}
     */
    public record Entry(UUID id, String name, String text) {}

    private static final String SELECT = """
            select id, 'plan-' || revision || '/ring-' || ring || '-' || action || '-' || attempt || '-' || batch || '.txt'
                       as name, log as text
              from host_order where change_id = ? and log is not null""";

    /** All of a change, in order. */
    public List<Entry> of(ChangeId change) {
        return jdbc.sql(SELECT + " order by revision, ring, action, attempt, batch")
                .param(change.value())
                .query(Entry.class)
                .list();
    }

    public Optional<Entry> find(ChangeId change, UUID order) {
        return jdbc.sql(SELECT + " and id = ?")
                .params(change.value(), order)
                .query(Entry.class)
                .optional();
    }
}
