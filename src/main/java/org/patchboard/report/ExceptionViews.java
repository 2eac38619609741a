package org.patchboard.report;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Slice;
import org.patchboard.shared.Sorting;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Risk exceptions of every change. */
@Repository
public class ExceptionViews {

    /**
     * A risk accepted for a time.
     *
     * @param asset null for the whole change
     * @param endedAt when it ended before its time, or was found to be over
     */
    public record ExceptionView(
            long id,
            String change,
            @Nullable Long asset,
            @Nullable String assetName,
            String kind,
            String reason,
            String control,
            String requestedBy,
            String acceptedBy,
            Instant from,
            Instant until,
            @Nullable Instant endedAt,
            boolean inForce) {}

    private static final Map<String, String> SORTS =
            Map.of("until", "e.until_at", "from", "e.from_at", "change", "e.change_id");

    private final JdbcClient jdbc;
    private final Clock clock;

    ExceptionViews(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * @param change null for every change
     * @param inForce null for all, true for those that hold now, false for those that are over
     */
    public Slice<ExceptionView> page(
            @Nullable String change, @Nullable Boolean inForce, int page, int size, @Nullable String sort) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("change", change);
        parameters.put("inForce", inForce);
        parameters.put("now", clock.instant().atOffset(ZoneOffset.UTC));
        return new SlicedQuery(
                        "e.*, a.name as asset_name, e.ended_at is null and e.until_at > :now as in_force",
                        """
                        from risk_exception e left join asset a on a.id = e.asset
                         where (cast(:change as text) is null or e.change_id = :change)
                           and (cast(:inForce as boolean) is null
                                or (e.ended_at is null and e.until_at > :now) = cast(:inForce as boolean))""",
                        Sorting.by(sort, "until", SORTS, "e.id"))
                .read(jdbc, parameters, page, size, (row, number) -> {
                    var asset = row.getLong("asset");
                    return new ExceptionView(
                            row.getLong("id"),
                            row.getString("change_id"),
                            asset == 0 ? null : asset,
                            row.getString("asset_name"),
                            row.getString("kind"),
                            row.getString("reason"),
                            row.getString("control"),
                            row.getString("requested_by"),
                            row.getString("accepted_by"),
                            row.getTimestamp("from_at").toInstant(),
                            row.getTimestamp("until_at").toInstant(),
                            SlicedQuery.instant(row, "ended_at"),
                            row.getBoolean("in_force"));
                });
    }
}
