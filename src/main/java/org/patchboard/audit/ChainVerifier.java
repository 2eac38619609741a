package org.patchboard.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Sha256;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads every chain from its first row and names the first place that does not hold. */
@Repository
public class ChainVerifier {

    private record Head(long seq, byte[] hash) {}

    private final JdbcClient jdbc;

    ChainVerifier(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The first row, or missing row, that breaks a chain; empty when every chain holds to its end. */
    public Optional<String> firstFault() {
        Map<String, Head> heads = new HashMap<>();
        var fault = new String[1];
        jdbc.sql("select * from audit_entry order by chain, seq").query(row -> {
            if (fault[0] != null) {
                return;
            }
            var chain = row.getString("chain");
            var before = heads.getOrDefault(chain, new Head(0, DatabaseAuditTrail.ORIGIN));
            var place = chain + ", row " + row.getLong("seq");
            var digest = Sha256.of(row.getString("content").getBytes(StandardCharsets.UTF_8));
            var actor = new Actor(
                    row.getString("actor"),
                    row.getString("actor_kind").equals("person") ? Actor.Kind.PERSON : Actor.Kind.SYSTEM);
            var hash = DatabaseAuditTrail.hash(
                    before.hash(),
                    chain,
                    row.getLong("seq"),
                    row.getTimestamp("at").toInstant(),
                    actor,
                    row.getString("action"),
                    row.getString("subject"),
                    digest);
            if (row.getLong("seq") != before.seq() + 1) {
                fault[0] = place + ": a row before it is missing";
            } else if (!Arrays.equals(hash, row.getBytes("hash"))) {
                fault[0] = place + ": it is not what was recorded";
            }
            heads.put(chain, new Head(row.getLong("seq"), row.getBytes("hash")));
        });
        if (fault[0] != null) {
            return Optional.of(fault[0]);
        }
        // A chain cut at its end still holds in itself; its head tells how long it was.
        jdbc.sql("select chain, seq, hash from audit_chain").query(row -> {
            var read = heads.get(row.getString("chain"));
            if (fault[0] == null && (read == null ? row.getLong("seq") > 0 : read.seq() < row.getLong("seq"))) {
                fault[0] = row.getString("chain") + ": rows at its end are missing";
            }
        });
        return Optional.ofNullable(fault[0]);
    }
}
