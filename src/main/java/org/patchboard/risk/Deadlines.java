package org.patchboard.risk;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks every pack that applies for its deadline; the earliest binds. */
@UseCase
public class Deadlines {

    /**
     * What a deadline depends on: the worst vulnerability of the change on its worst asset.
     *
     * @param released when the vendor published, or null when unknown: then the clock starts at detection
     * @param listed when it came into KEV, or null
     * @param zone of the maintenance group; months are its calendar's months
     */
    public record Facts(
            String priority,
            boolean inKev,
            boolean exposed,
            boolean automatable,
            String technicalImpact,
            Instant detected,
            @Nullable Instant released,
            @Nullable Instant listed,
            ZoneId zone) {}

    /** @param due null: "fix at the next system upgrade" */
    public record Deadline(
            String pack,
            String citation,
            Instant clockStart,
            @Nullable Instant due,
            boolean forensicTriage) {}

    /** All deadlines, and the one that binds, if any does. */
    public record Composition(List<Deadline> all, Optional<Deadline> binding) {

        public boolean forensicTriage() {
            return all.stream().anyMatch(Deadline::forensicTriage);
        }
    }

    private final PolicyPacks packs;
    private final Decisions decisions;
    private final JdbcClient jdbc;
    private final Clock clock;

    Deadlines(PolicyPacks packs, Decisions decisions, JdbcClient jdbc, Clock clock) {
        this.packs = packs;
        this.decisions = decisions;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * When the earliest deadline that follows from the facts is due, without deciding anything.
     *
     * @return empty when none binds
     */
    public Optional<Instant> earliest(ChangeId change, Facts facts) {
        return packs.validOn(facts.detected().atZone(facts.zone()).toLocalDate()).stream()
                .flatMap(pack -> decisions.ask(change, pack.decision(), inputs(facts)).stream()
                        .map(output -> due(clockStart(pack, facts), output, facts.zone())))
                .flatMap(Stream::ofNullable)
                .min(Comparator.naturalOrder());
    }

    /** Replaces the change's deadlines by those that follow from the facts. */
    public Composition compose(ChangeId change, Facts facts) {
        return compose(change, facts, "");
    }

    /** @param occasion why they are composed anew, kept on the receipts; empty for the first time */
    public Composition compose(ChangeId change, Facts facts, String occasion) {
        jdbc.sql("delete from remediation_deadline where change_id = ?")
                .param(change.value())
                .update();
        var all = new ArrayList<Deadline>();
        for (var pack : packs.validOn(facts.detected().atZone(facts.zone()).toLocalDate())) {
            var outcome = decisions.decide(change, pack.decision(), inputs(facts), occasion);
            for (var output : outcome.outputs()) {
                var start = clockStart(pack, facts);
                var deadline = new Deadline(
                        pack.id(),
                        pack.citation(),
                        start,
                        due(start, output, facts.zone()),
                        Boolean.TRUE.equals(output.get("forensicTriage")));
                all.add(deadline);
                store(change, pack, deadline, outcome);
            }
        }
        var binding = all.stream()
                .filter(deadline -> deadline.due() != null)
                .min(Comparator.comparing(deadline -> deadline.due() == null ? Instant.MAX : deadline.due()));
        binding.ifPresent(
                earliest -> jdbc.sql("update remediation_deadline set binding = true where change_id = ? and pack = ?")
                        .params(change.value(), earliest.pack())
                        .update());
        return new Composition(List.copyOf(all), binding);
    }

    private static Map<String, Object> inputs(Facts facts) {
        return Map.of(
                "priority", facts.priority(),
                "inKev", facts.inKev(),
                "exposed", facts.exposed(),
                "automatable", facts.automatable(),
                "technicalImpact", facts.technicalImpact());
    }

    private static Instant clockStart(PolicyPack pack, Facts facts) {
        return switch (pack.clockStart()) {
            case "release" -> facts.released() == null ? facts.detected() : facts.released();
            case "listing-or-detection" ->
                facts.listed() != null && facts.listed().isBefore(facts.detected()) ? facts.listed() : facts.detected();
            default -> facts.detected();
        };
    }

    /** Days are 24 hours each; months are the calendar's, so that 31 January plus one is the last of February. */
    static @Nullable Instant due(Instant start, Map<String, Object> output, ZoneId zone) {
        if (output.get("months") instanceof Number months) {
            return start.atZone(zone).plusMonths(months.longValue()).toInstant();
        }
        if (output.get("days") instanceof Number days && days.longValue() >= 0) {
            return start.plus(Duration.ofDays(days.longValue()));
        }
        return null;
    }

    private void store(ChangeId change, PolicyPack pack, Deadline deadline, Decisions.Outcome outcome) {
        jdbc.sql("""
                        insert into remediation_deadline (change_id, pack, obligation, citation, clock_start, due_at,
                                                          action, receipt, binding, computed_at)
                        values (:change, :pack, :obligation, :citation, :start, :due, :action, :receipt, false, :now)
                        on conflict do nothing""")
                .param("change", change.value())
                .param("pack", pack.id())
                .param("obligation", outcome.rules().get(0).id())
                .param("citation", pack.citation())
                .param("start", deadline.clockStart().atOffset(ZoneOffset.UTC))
                .param("due", deadline.due() == null ? null : deadline.due().atOffset(ZoneOffset.UTC))
                .param("action", pack.action())
                .param("receipt", outcome.receipt())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }
}
