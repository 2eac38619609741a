package org.patchboard.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Slice;
import org.patchboard.shared.Sorting;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Proposals to change policies, what each would have decided otherwise, and what became of open changes. */
@Repository
public class PolicyViews {

    /**
     * A proposal in a list.
     *
     * @param differences changes about which it would have decided otherwise
     * @param openChanges {@code pin}, {@code re-evaluate} or {@code re-approve}
     */
    public record ProposalView(
            String id,
            String decision,
            String name,
            String state,
            String author,
            String reason,
            String openChanges,
            Instant proposedAt,
            @Nullable Instant due,
            @Nullable String decidedBy,
            @Nullable Instant decidedAt,
            @Nullable Integer version,
            @Nullable Instant publishedAt,
            long differences) {}

    /** What would have been decided about a change. */
    public record DifferenceView(
            String change,
            String title,
            String state,
            String receipt,
            Map<String, Object> inputs,
            List<Map<String, Object>> before,
            List<Map<String, Object>> after,
            String rules) {}

    /**
     * What became of a change that was open.
     *
     * @param effect {@code pinned}, {@code re-evaluated}, {@code re-approved}, {@code closed}; null while it is to be done
     */
    public record EffectView(
            String proposal,
            String decision,
            String name,
            @Nullable Integer version,
            String change,
            String title,
            String wanted,
            @Nullable String effect,
            String detail,
            @Nullable Instant at) {}

    /** A deed on a proposal. */
    public record DeedView(long seq, Instant at, String actor, String action, String content, String hash) {}

    private static final Map<String, String> SORTS = Map.of(
            "proposedAt",
            "p.proposed_at",
            "id",
            "p.id",
            "decision",
            "p.decision",
            "state",
            "p.state",
            "due",
            "p.due_at");

    private final JdbcClient jdbc;
    private final ObjectMapper json;

    PolicyViews(JdbcClient jdbc, ObjectMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * @param decision null for every table
     * @param state null for every state; {@code open} for those that may still come into force
     */
    public Slice<ProposalView> proposals(
            @Nullable String decision, @Nullable String state, int page, int size, @Nullable String sort) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("decision", decision);
        parameters.put("state", state);
        return new SlicedQuery(
                        "p.*, (select count(*) from policy_difference d where d.proposal = p.id) as differences",
                        """
                        from policy_proposal p
                         where (cast(:decision as text) is null or p.decision = :decision)
                           and (cast(:state as text) is null or p.state = :state
                                or :state = 'open' and p.state in ('proposed', 'waiting', 'approved'))""",
                        Sorting.by(sort, "proposedAt,desc", SORTS, "p.id desc"))
                .read(jdbc, parameters, page, size, (row, number) -> {
                    var version = row.getInt("version");
                    return new ProposalView(
                            row.getString("id"),
                            row.getString("decision"),
                            row.getString("decision_name"),
                            row.getString("state"),
                            row.getString("author"),
                            row.getString("reason"),
                            row.getString("open_changes"),
                            row.getTimestamp("proposed_at").toInstant(),
                            SlicedQuery.instant(row, "due_at"),
                            row.getString("decided_by"),
                            SlicedQuery.instant(row, "decided_at"),
                            version == 0 ? null : version,
                            SlicedQuery.instant(row, "published_at"),
                            row.getLong("differences"));
                });
    }

    /** By change. */
    public Slice<DifferenceView> differences(String proposal, int page, int size) {
        return new SlicedQuery(
                        """
                        d.change_id, coalesce(c.title, '') as title, coalesce(c.state, '') as state, d.receipt::text,
                        d.inputs::text as inputs, d.before::text as before, d.after::text as after, d.rules""",
                        "from policy_difference d left join change_record c on c.id = d.change_id where d.proposal = :id",
                        " order by d.change_id")
                .read(
                        jdbc,
                        Map.of("id", proposal),
                        page,
                        size,
                        (row, number) -> new DifferenceView(
                                row.getString("change_id"),
                                row.getString("title"),
                                row.getString("state"),
                                row.getString("receipt"),
                                read(row.getString("inputs"), new TypeReference<>() {}),
                                read(row.getString("before"), new TypeReference<>() {}),
                                read(row.getString("after"), new TypeReference<>() {}),
                                row.getString("rules")));
    }

    /** What became of open changes, by change. */
    public Slice<EffectView> effects(String proposal, int page, int size) {
        return effects("e.proposal = :key", proposal, " order by e.change_id", page, size);
    }

    /** What new policies meant for a change, newest first. */
    public Slice<EffectView> effectsOn(ChangeId change, int page, int size) {
        return effects(
                "e.change_id = :key", change.value(), " order by p.published_at desc, e.proposal desc", page, size);
    }

    private Slice<EffectView> effects(String where, String key, String order, int page, int size) {
        return new SlicedQuery(
                        "e.*, p.decision, p.decision_name, p.version, coalesce(c.title, '') as title",
                        """
                        from policy_effect e join policy_proposal p on p.id = e.proposal
                        left join change_record c on c.id = e.change_id where\s""" + where,
                        order)
                .read(jdbc, Map.of("key", key), page, size, (row, number) -> {
                    var version = row.getInt("version");
                    return new EffectView(
                            row.getString("proposal"),
                            row.getString("decision"),
                            row.getString("decision_name"),
                            version == 0 ? null : version,
                            row.getString("change_id"),
                            row.getString("title"),
                            row.getString("wanted"),
                            row.getString("effect"),
                            row.getString("detail"),
                            SlicedQuery.instant(row, "at"));
                });
    }

    /** The record of a proposal, from its first deed on. */
    public List<DeedView> deeds(String proposal) {
        return jdbc.sql("""
                        select seq, at, actor, action, content, encode(hash, 'hex') as hash
                          from audit_entry where chain = ? order by seq""")
                .param(proposal)
                .query((row, number) -> new DeedView(
                        row.getLong("seq"),
                        row.getTimestamp("at").toInstant(),
                        row.getString("actor"),
                        row.getString("action"),
                        row.getString("content"),
                        row.getString("hash")))
                .list();
    }

    private <T> T read(String text, TypeReference<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a difference cannot be read", e);
        }
    }
}
