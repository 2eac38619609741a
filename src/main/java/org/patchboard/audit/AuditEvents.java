package org.patchboard.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Slice;
import org.patchboard.shared.Sorting;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Searches the trail and checks it for auditors, whose looks are themselves recorded. */
@UseCase
public class AuditEvents {

    /**
     * Every criterion may be null, which means: any.
     *
     * @param from inclusive
     * @param to exclusive
     */
    public record EventFilter(
            @Nullable String actor,
            @Nullable String action,
            @Nullable String change,
            @Nullable String chain,
            @Nullable Instant from,
            @Nullable Instant to) {

        private String words() {
            var words = Stream.of(actor, action, change, chain, from, to)
                    .filter(Objects::nonNull)
                    .map(String::valueOf)
                    .collect(Collectors.joining(" "));
            return words.isEmpty() ? "everything" : words;
        }
    }

    /**
     * A deed as it was recorded.
     *
     * @param seq place in its chain, from 1
     * @param digest SHA-256 of the content's canonical form, hex
     * @param hash what the next deed of the chain is tied to, hex
     */
    public record Event(
            long id,
            Instant at,
            String actor,
            String actorKind,
            String action,
            String subject,
            @Nullable String change,
            String chain,
            long seq,
            Map<String, Object> content,
            String digest,
            String hash) {}

    /**
     * What a check of every chain found.
     *
     * @param fault the first place that does not hold; null when all do
     */
    public record Verification(boolean holds, @Nullable String fault, long chains, long entries, Instant at) {}

    private static final String READS = "audit-reads";

    private static final Map<String, String> SORTS = Map.of("at", "at", "actor", "actor", "action", "action");

    private static final String FILTERED = """
            from audit_entry
             where (cast(:actor as text) is null or actor = :actor)
               and (cast(:action as text) is null or action = :action)
               and (cast(:change as text) is null or change_id = :change)
               and (cast(:chain as text) is null or chain = :chain)
               and (cast(:from as timestamptz) is null or at >= cast(:from as timestamptz))
               and (cast(:to as timestamptz) is null or at < cast(:to as timestamptz))""";

    private final JdbcClient jdbc;
    private final ObjectMapper json;
    private final AuditTrail audit;
    private final ChainVerifier verifier;
    private final Checkpoints checkpoints;
    private final Clock clock;

    AuditEvents(
            JdbcClient jdbc,
            ObjectMapper json,
            AuditTrail audit,
            ChainVerifier verifier,
            Checkpoints checkpoints,
            Clock clock) {
        this.checkpoints = checkpoints;
        this.jdbc = jdbc;
        this.json = json;
        this.audit = audit;
        this.verifier = verifier;
        this.clock = clock;
    }

    /** Reads every chain from its first row, and looks whether it is what the checkpoints say it was. */
    public Verification verify(Actor reader) {
        audit.record(READS, reader, "audit-verified", "every chain", Map.of());
        var fault = verifier.firstFault().or(checkpoints::firstFault);
        return jdbc.sql(
                        "select (select count(*) from audit_chain) as chains, (select count(*) from audit_entry) as entries")
                .query((row, number) -> new Verification(
                        fault.isEmpty(), fault.orElse(null), row.getLong(1), row.getLong(2), clock.instant()))
                .single();
    }

    /** @throws org.patchboard.shared.Refusal when page, size or sort cannot be */
    public Slice<Event> page(EventFilter filter, int page, int size, @Nullable String sort, Actor reader) {
        Slice.checkBounds(page, size);
        var order = Sorting.by(sort, "at,desc", SORTS, "id desc");
        audit.record(READS, reader, "audit-read", filter.words(), Map.of("page", page, "size", size));
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("actor", filter.actor());
        parameters.put("action", filter.action());
        parameters.put("change", filter.change());
        parameters.put("chain", filter.chain());
        parameters.put("from", filter.from() == null ? null : filter.from().atOffset(ZoneOffset.UTC));
        parameters.put("to", filter.to() == null ? null : filter.to().atOffset(ZoneOffset.UTC));
        var total = jdbc.sql("select count(*) " + FILTERED)
                .params(parameters)
                .query(Long.class)
                .single();
        var items = jdbc.sql("select * " + FILTERED + order + " limit " + size + " offset " + (long) page * size)
                .params(parameters)
                .query((row, number) -> new Event(
                        row.getLong("id"),
                        row.getTimestamp("at").toInstant(),
                        row.getString("actor"),
                        row.getString("actor_kind"),
                        row.getString("action"),
                        row.getString("subject"),
                        row.getString("change_id"),
                        row.getString("chain"),
                        row.getLong("seq"),
                        content(row.getString("content")),
                        HexFormat.of().formatHex(row.getBytes("content_digest")),
                        HexFormat.of().formatHex(row.getBytes("hash"))))
                .list();
        return new Slice<>(items, page, size, total);
    }

    private Map<String, Object> content(String canonical) {
        try {
            return json.readValue(canonical, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an audit row's content cannot be read", e);
        }
    }
}
