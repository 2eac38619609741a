package org.patchboard.lifecycle.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.patchboard.audit.EvidenceSource;
import org.patchboard.rollout.DeployerLogs;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What our tables hold of a change, one file a table with a row a line, its evidence files, and the path it took. */
@Component
class ChangeEvidence implements EvidenceSource {

    private static final List<String> TABLES = List.of(
            "change_vulnerability",
            "change_asset",
            "plan_revision",
            "drift",
            "statement",
            "receipt",
            "remediation_deadline",
            "ballot",
            "vote",
            "approval_condition",
            "break_glass",
            "licence_use",
            "duty_held",
            "schedule_conflict",
            "booking",
            "gate_answer",
            "ring",
            "ring_host",
            "ring_step",
            "release_token",
            "host_order",
            "verification_run",
            "verification",
            "policy_effect",
            "policy_pin",
            "exception_request",
            "risk_exception",
            "outbox");

    private final JdbcClient jdbc;
    private final DeployerLogs logs;
    private final ProcessPictures pictures;

    ChangeEvidence(JdbcClient jdbc, DeployerLogs logs, ProcessPictures pictures) {
        this.jdbc = jdbc;
        this.logs = logs;
        this.pictures = pictures;
    }

    @Override
    public Stream<Item> of(ChangeId change) {
        var record = Stream.of(
                new Item("change.json", lines("select to_jsonb(t)::text from change_record t where id = ?", change)));
        var tables = TABLES.stream()
                .map(table -> new Item(
                        "tables/" + table + ".jsonl",
                        lines(
                                "select (%s)::text from %s t where change_id = ? order by 1"
                                        .formatted(
                                                table.equals("host_order") ? "to_jsonb(t) - 'log'" : "to_jsonb(t)",
                                                table),
                                change)));
        var files = jdbc
                .sql("select id::text, content from evidence_file where change_id = ? order by id")
                .param(change.value())
                .query((row, number) -> new Item("files/" + row.getString(1), row.getBytes(2)))
                .list()
                .stream();
        // A file each, so that its SHA-256 is the one that the audit entry of the order names.
        var said = logs.of(change).stream()
                .map(log -> new Item("logs/" + log.name(), log.text().getBytes(StandardCharsets.UTF_8)));
        var path = pictures.of(change).stream()
                .map(picture ->
                        new Item("path/" + picture.key() + ".svg", picture.svg().getBytes(StandardCharsets.UTF_8)));
        return Stream.of(record, tables, files, said, path).flatMap(items -> items);
    }

    private byte[] lines(String sql, ChangeId change) {
        return String.join(
                        "\n",
                        jdbc.sql(sql).param(change.value()).query(String.class).list())
                .getBytes(StandardCharsets.UTF_8);
    }
}
