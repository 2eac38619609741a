package org.patchboard.risk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Proposals to change a decision table, each with a record of its own: proposed, tested, tried on history, decided on,
 * in force, and what became of each open change. What was proposed is never edited.
 */
@UseCase
public class PolicyProposals {

    /** Answers to what becomes of open changes. */
    public static final Set<String> OPEN_CHANGES = Set.of("pin", "re-evaluate", "re-approve");

    /** States in which nothing has been installed yet: what was decided can still be decided otherwise. */
    private static final String NOT_BEGUN = "('triage', 'planning', 'testing', 'authorizing', 'scheduled')";

    private static final int LONGEST_REASON = 4_000;
    private static final Actor TEST = Actor.system("policy-test");
    private static final Actor SILENCE = Actor.system("rule:silence");
    private static final Actor PUBLISHER = Actor.system("policies");

    /**
     * What the newest decision about a change would have been.
     *
     * @param rules what the rows hit say
     */
    public record Difference(
            String change,
            UUID receipt,
            Map<String, Object> inputs,
            List<Map<String, Object>> before,
            List<Map<String, Object>> after,
            String rules) {}

    /**
     * What becomes of a change that was open.
     *
     * @param wanted {@code pin}, {@code re-evaluate} or {@code re-approve}
     * @param effect what became of it; null while it is to be done
     */
    public record Effect(
            ProposalId proposal,
            ChangeId change,
            String wanted,
            @Nullable String effect) {}

    private final JdbcClient jdbc;
    private final ObjectMapper json;
    private final AuditTrail audit;
    private final Clock clock;

    PolicyProposals(JdbcClient jdbc, ObjectMapper json, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Proposes a table.
     *
     * @throws Refusal when something is missing, it is what is in force, or another proposal for the table is open
     */
    public ProposalId propose(NewPolicyProposal wanted, Actor author) {
        if (wanted.reason().isBlank() || wanted.reason().length() > LONGEST_REASON) {
            throw Refusal.incomplete(
                    "Say why the policy should change, in at most %d characters.".formatted(LONGEST_REASON));
        }
        if (!OPEN_CHANGES.contains(wanted.openChanges())) {
            throw Refusal.incomplete(
                    "Say what becomes of open changes: pin (they keep the version they began with), re-evaluate (they"
                            + " are judged anew) or re-approve (their approvals are asked for anew).");
        }
        var digest = Sha256.hex(wanted.dmn());
        if (digest.equals(wanted.baseDigest())) {
            throw Refusal.conflict("This is the version of \"%s\" that is in force.".formatted(wanted.name()));
        }
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('policy:' || ?, 0))")
                .param(wanted.decision())
                .query((row, number) -> true)
                .single();
        open(wanted.decision()).ifPresent(other -> {
            throw Refusal.conflict("%s by %s, about the same table, is still open. It is decided on or withdrawn first."
                    .formatted(other.id(), other.author()));
        });
        var id = new ProposalId("POL-%06d"
                .formatted(jdbc.sql("select nextval('policy_number')")
                        .query(Long.class)
                        .single()));
        jdbc.sql("""
                        insert into policy_proposal (id, decision, decision_name, dmn, digest, reason, open_changes, author,
                                                     proposed_at, base_version, base_digest, state)
                        values (:id, :decision, :name, :dmn, :digest, :reason, :open, :author, :now, :version, :base,
                                'proposed')""")
                .param("id", id.value())
                .param("decision", wanted.decision())
                .param("name", wanted.name())
                .param("dmn", wanted.dmn())
                .param("digest", digest)
                .param("reason", wanted.reason())
                .param("open", wanted.openChanges())
                .param("author", author.name())
                .param("now", now())
                .param("version", wanted.baseVersion())
                .param("base", wanted.baseDigest())
                .update();
        audit.record(
                id.value(),
                author,
                "policy-proposed",
                wanted.name(),
                Map.of(
                        "decision", wanted.decision(),
                        "digest", digest,
                        "reason", wanted.reason(),
                        "openChanges", wanted.openChanges(),
                        "baseVersion", wanted.baseVersion(),
                        "baseDigest", wanted.baseDigest()));
        return id;
    }

    /** The proposal for a table that may still come into force. */
    public Optional<PolicyProposal> open(String decision) {
        return jdbc.sql(
                        "select * from policy_proposal where decision = ? and state in ('proposed', 'waiting', 'approved')")
                .param(decision)
                .query((row, number) -> read(row))
                .optional();
    }

    /** @throws Refusal when there is no such proposal */
    public PolicyProposal get(ProposalId id) {
        return jdbc.sql("select * from policy_proposal where id = ?")
                .param(id.value())
                .query((row, number) -> read(row))
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no proposal %s.".formatted(id)));
    }

    /** The proposed table itself. */
    public byte[] dmn(ProposalId id) {
        return jdbc.sql("select dmn from policy_proposal where id = ?")
                .param(id.value())
                .query(byte[].class)
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no proposal %s.".formatted(id)));
    }

    /** Keeps what the test found; a table with problems ends here. */
    public void tested(ProposalId id, int combinations, List<String> problems) {
        var sound = problems.isEmpty();
        move(id, List.of("proposed"), sound ? "proposed" : "unsound");
        jdbc.sql("update policy_proposal set combinations = ?, problems = ? where id = ?")
                .params(combinations, problems.toArray(String[]::new), id.value())
                .update();
        record(id, TEST, "policy-tested", Map.of("combinations", combinations, "problems", problems));
        if (!sound) {
            end(id, "it has gaps, overlaps, rows that are never reached or words that nobody knows");
        }
    }

    /**
     * Keeps what it would have decided otherwise, and waits for a decision.
     *
     * @param receipts on how many decisions of the past it was tried
     * @param due when silence refuses it
     */
    public void tried(ProposalId id, int receipts, List<Difference> differences, Instant due) {
        move(id, List.of("proposed"), "waiting");
        jdbc.sql("update policy_proposal set receipts = ?, due_at = ? where id = ?")
                .params(receipts, due.atOffset(ZoneOffset.UTC), id.value())
                .update();
        for (var difference : differences) {
            jdbc.sql("""
                            insert into policy_difference (proposal, change_id, receipt, inputs, before, after, rules)
                            values (:id, :change, :receipt, cast(:inputs as jsonb), cast(:before as jsonb),
                                    cast(:after as jsonb), :rules)""")
                    .param("id", id.value())
                    .param("change", difference.change())
                    .param("receipt", difference.receipt())
                    .param("inputs", write(difference.inputs()))
                    .param("before", write(difference.before()))
                    .param("after", write(difference.after()))
                    .param("rules", difference.rules())
                    .update();
        }
        record(
                id,
                TEST,
                "policy-tried-on-history",
                Map.of(
                        "receipts",
                        receipts,
                        "changes",
                        differences.stream().map(Difference::change).toList(),
                        "due",
                        due));
    }

    /**
     * Another human being than the author approves it; who may has been checked.
     *
     * @throws Refusal when it is not waiting for a decision, or the author approves
     */
    public void approve(ProposalId id, String comment, Actor approver) {
        decide(id, "approved", comment, approver);
        record(id, approver, "policy-approved", Map.of("comment", comment));
    }

    /** @throws Refusal when it is not waiting for a decision */
    public void refuse(ProposalId id, String comment, Actor approver) {
        decide(id, "refused", comment, approver);
        record(id, approver, "policy-refused", Map.of("comment", comment));
    }

    /** Nobody has decided in time: silence is no consent. */
    public void refuseForSilence(ProposalId id) {
        var comment = "Nobody decided in time, so it is refused.";
        decide(id, "refused", comment, SILENCE);
        record(id, SILENCE, "policy-refused", Map.of("comment", comment));
    }

    private void decide(ProposalId id, String outcome, String comment, Actor actor) {
        if (isSame(get(id).author(), actor.name())) {
            throw Refusal.forbidden("Who proposes a policy does not decide on it.");
        }
        int decided = jdbc.sql("""
                        update policy_proposal set state = :outcome, decided_by = :by, decided_at = :now,
                                                   decision_comment = :comment,
                                                   ended_at = case when :outcome = 'refused'
                                                                   then cast(:now as timestamptz) end
                         where id = :id and state = 'waiting'""")
                .param("outcome", outcome)
                .param("by", actor.name())
                .param("now", now())
                .param("comment", comment)
                .param("id", id.value())
                .update();
        requireMoved(id, decided);
    }

    /**
     * The author takes it back.
     *
     * @throws Refusal when somebody else does, or it has been decided on
     */
    public void withdraw(ProposalId id, String why, Actor actor) {
        if (why.isBlank()) {
            throw Refusal.incomplete("Say why the proposal is withdrawn.");
        }
        var proposal = get(id);
        if (!isSame(proposal.author(), actor.name())) {
            throw Refusal.forbidden("Only %s, who proposed it, withdraws it.".formatted(proposal.author()));
        }
        move(id, List.of("proposed", "waiting"), "withdrawn");
        end(id, why);
        record(id, actor, "policy-withdrawn", Map.of("why", why));
    }

    /** The table that it was written against is no longer the one in force. */
    public void outdated(ProposalId id, String why) {
        move(id, List.of("approved"), "outdated");
        end(id, why);
        record(id, PUBLISHER, "policy-outdated", Map.of("why", why));
    }

    /**
     * It is in force from now on. In the same breath every open change gets its row: those that keep the version they
     * began with are pinned at once, so that no decision falls between; whose roll-out has begun keeps it whatever the
     * proposal says.
     */
    public void published(ProposalId id, int version) {
        var proposal = get(id);
        governed(proposal.decision()).ifPresent(before -> supersede(before.number(), "%s is in force".formatted(id)));
        int moved = jdbc.sql("""
                        update policy_proposal set state = 'in-force', version = ?, published_at = ?
                         where id = ? and state = 'approved'""").params(version, now(), id.value()).update();
        requireMoved(id, moved);
        int open = jdbc.sql("""
                        insert into policy_effect (proposal, change_id, wanted)
                        select :id, c.id, case when c.state in """ + NOT_BEGUN + """
                                               then :wanted else 'pin' end
                          from change_record c where c.state not in ('closed', 'withdrawn')""")
                .param("id", id.value())
                .param("wanted", proposal.openChanges())
                .update();
        jdbc.sql("""
                        delete from policy_pin p using policy_effect e
                         where p.decision = :decision and e.change_id = p.change_id and e.proposal = :id
                           and e.wanted <> 'pin'""")
                .param("decision", proposal.decision())
                .param("id", id.value())
                .update();
        jdbc.sql("""
                        insert into policy_pin (change_id, decision, version, digest, proposal, at)
                        select change_id, :decision, :version, :digest, :id, :now
                          from policy_effect where proposal = :id and wanted = 'pin'
                        on conflict do nothing""")
                .param("decision", proposal.decision())
                .param("version", proposal.baseVersion())
                .param("digest", proposal.baseDigest())
                .param("id", id.value())
                .param("now", now())
                .update();
        record(
                id,
                PUBLISHER,
                "policy-published",
                Map.of(
                        "decision",
                        proposal.decision(),
                        "version",
                        version,
                        "digest",
                        proposal.digest(),
                        "openChanges",
                        open));
    }

    /** What it would have decided otherwise, by change, the first so many. */
    public List<Difference> differences(ProposalId id, int limit) {
        return jdbc.sql("select * from policy_difference where proposal = ? order by change_id limit ?")
                .params(id.value(), limit)
                .query((row, number) -> new Difference(
                        row.getString("change_id"),
                        row.getObject("receipt", UUID.class),
                        read(row.getString("inputs"), new TypeReference<>() {}),
                        read(row.getString("before"), new TypeReference<>() {}),
                        read(row.getString("after"), new TypeReference<>() {}),
                        row.getString("rules")))
                .list();
    }

    /** About how many changes it would have decided otherwise. */
    public int countDifferences(ProposalId id) {
        return jdbc.sql("select count(*) from policy_difference where proposal = ?")
                .param(id.value())
                .query(Integer.class)
                .single();
    }

    /** How many changes are open now. */
    public int countOpenChanges() {
        return jdbc.sql("select count(*) from change_record where state not in ('closed', 'withdrawn')")
                .query(Integer.class)
                .single();
    }

    /** What becomes of open changes and is not done yet. */
    public List<Effect> toSettle(ProposalId id) {
        return jdbc.sql("select * from policy_effect where proposal = ? and effect is null order by change_id")
                .param(id.value())
                .query((row, number) -> effect(row))
                .list();
    }

    /** What is wanted of one change; locked until the end of the transaction. Empty when the proposal does not touch it. */
    public Optional<Effect> lock(ProposalId id, ChangeId change) {
        return jdbc.sql("select * from policy_effect where proposal = ? and change_id = ? for update")
                .params(id.value(), change.value())
                .query((row, number) -> effect(row))
                .optional();
    }

    /** A change whose roll-out has begun meanwhile keeps the version it began with. */
    public void pin(PolicyProposal proposal, ChangeId change) {
        jdbc.sql("""
                        insert into policy_pin (change_id, decision, version, digest, proposal, at)
                        values (?, ?, ?, ?, ?, ?) on conflict do nothing""")
                .params(
                        change.value(),
                        proposal.decision(),
                        proposal.baseVersion(),
                        proposal.baseDigest(),
                        proposal.id(),
                        now())
                .update();
    }

    /** The version of a table that a change keeps; empty when it is judged by the newest. */
    public Optional<Integer> pinned(ChangeId change, String decision) {
        return jdbc.sql("select version from policy_pin where change_id = ? and decision = ?")
                .params(change.value(), decision)
                .query(Integer.class)
                .optional();
    }

    /**
     * Keeps, in the change's own record, what the new version means for it.
     *
     * @param effect {@code pinned}, {@code re-evaluated}, {@code re-approved} or {@code closed}
     */
    public void settled(PolicyProposal proposal, ChangeId change, String effect, String detail) {
        jdbc.sql("update policy_effect set effect = ?, detail = ?, at = ? where proposal = ? and change_id = ?")
                .params(effect, detail, now(), proposal.id(), change.value())
                .update();
        if (!effect.equals("closed")) {
            audit.record(
                    change,
                    PUBLISHER,
                    "policy-" + effect,
                    "%s, %s".formatted(proposal.name(), proposal.id()),
                    Map.of(
                            "proposal",
                            proposal.id(),
                            "decision",
                            proposal.decision(),
                            "version",
                            proposal.version() == null ? 0 : proposal.version(),
                            "detail",
                            detail));
        }
    }

    /** The governed version of a table that is in force. */
    public Optional<PolicyProposal> governed(String decision) {
        return jdbc.sql("select * from policy_proposal where decision = ? and state = 'in-force'")
                .param(decision)
                .query((row, number) -> read(row))
                .optional();
    }

    /**
     * Which table decides after a start with this build: the governed version as long as builds bring nothing that they
     * have not brought before, else the build's, and then the governed version is superseded, on record.
     */
    public byte[] inForce(String decision, byte[] built) {
        var digest = Sha256.hex(built);
        var isNews = jdbc.sql(
                                "insert into policy_built (decision, digest, first_seen) values (?, ?, ?) on conflict do nothing")
                        .params(decision, digest, now())
                        .update()
                > 0;
        var governed = governed(decision);
        if (governed.isEmpty()) {
            return built;
        }
        if (isNews && !governed.get().digest().equals(digest)) {
            supersede(governed.get().number(), "this build brought a newer table");
            return built;
        }
        return dmn(governed.get().number());
    }

    private void supersede(ProposalId id, String why) {
        move(id, List.of("in-force"), "superseded");
        end(id, why);
        record(id, PUBLISHER, "policy-superseded", Map.of("why", why));
    }

    private void move(ProposalId id, List<String> from, String to) {
        int moved = jdbc.sql("update policy_proposal set state = :to where id = :id and state = any(:from)")
                .param("to", to)
                .param("id", id.value())
                .param("from", from.toArray(String[]::new))
                .update();
        requireMoved(id, moved);
    }

    private void requireMoved(ProposalId id, int rows) {
        if (rows == 0) {
            throw Refusal.conflict("%s is %s.".formatted(id, get(id).state()));
        }
    }

    private void end(ProposalId id, String why) {
        jdbc.sql("update policy_proposal set ended_at = ?, ended_why = ? where id = ?")
                .params(now(), why, id.value())
                .update();
    }

    private void record(ProposalId id, Actor actor, String action, Map<String, ?> content) {
        audit.record(id.value(), actor, action, get(id).name(), content);
    }

    /** Two logins of one human being are one author. */
    private boolean isSame(String author, String login) {
        return author.equals(login)
                || jdbc.sql("""
                                select exists (select from person a, person b
                                                where a.login = ? and b.login = ? and human(a.id) = human(b.id))""").params(author, login).query(Boolean.class).single();
    }

    private static Effect effect(ResultSet row) throws SQLException {
        return new Effect(
                new ProposalId(row.getString("proposal")),
                new ChangeId(row.getString("change_id")),
                row.getString("wanted"),
                row.getString("effect"));
    }

    private static PolicyProposal read(ResultSet row) throws SQLException {
        var version = row.getInt("version");
        return new PolicyProposal(
                row.getString("id"),
                row.getString("decision"),
                row.getString("decision_name"),
                row.getString("digest"),
                row.getString("reason"),
                row.getString("open_changes"),
                row.getString("author"),
                row.getTimestamp("proposed_at").toInstant(),
                row.getInt("base_version"),
                row.getString("base_digest"),
                row.getString("state"),
                Arrays.asList((String[]) row.getArray("problems").getArray()),
                row.getInt("combinations"),
                row.getInt("receipts"),
                instant(row, "due_at"),
                row.getString("decided_by"),
                instant(row, "decided_at"),
                row.getString("decision_comment"),
                version == 0 ? null : version,
                instant(row, "published_at"),
                instant(row, "ended_at"),
                row.getString("ended_why"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a difference cannot be written", e);
        }
    }

    private <T> T read(String text, TypeReference<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a difference cannot be read", e);
        }
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
