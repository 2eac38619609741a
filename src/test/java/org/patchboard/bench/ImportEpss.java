package org.patchboard.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;
import org.patchboard.advisory.Feeds;
import org.patchboard.shared.Actor;
import org.postgresql.PGConnection;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A day of EPSS as it is published, then the next day's, in which every CVE has another date and most another score. Peer:
 * COPY into a staging table and upsert, as one would with psql. Limit: COPY of the same lines into a table with a key.
 */
final class ImportEpss {

    private static final int FULL = 323_564;

    private final Feeds feeds;
    private final DataSource database;
    private final JdbcClient jdbc;

    ImportEpss(ApplicationContext product) {
        feeds = product.getBean(Feeds.class);
        database = product.getBean(DataSource.class);
        jdbc = product.getBean(JdbcClient.class);
    }

    List<Row> rows() throws Exception {
        var rows = new ArrayList<Row>();
        for (int size : new int[] {FULL / 16, FULL / 4, FULL}) {
            var first = file(size, 1);
            var second = file(size, 2);
            rows.add(new Row(
                    "first day of " + size,
                    "rows/s",
                    Row.rate(size, Bench.median(this::empty, () -> ours(first))),
                    Row.rate(size, Bench.median(this::empty, () -> peer(first))),
                    Row.rate(size, Bench.median(this::empty, () -> copy(first, "bench_limit"))),
                    0.5));
            rows.add(new Row(
                    "next day of " + size,
                    "rows/s",
                    Row.rate(size, Bench.median(() -> after(() -> ours(first)), () -> ours(second))),
                    Row.rate(size, Bench.median(() -> after(() -> peer(first)), () -> peer(second))),
                    Row.rate(size, Bench.median(this::empty, () -> copy(second, "bench_limit"))),
                    0.5));
            Files.delete(first);
            Files.delete(second);
        }
        return rows;
    }

    private void after(Bench.Work work) throws Exception {
        empty();
        work.run();
    }

    private static Path file(int size, int day) throws IOException {
        var file = Files.createTempFile("epss", ".csv.gz");
        var random = new Random(day);
        // Ascending, as they are published.
        int year = (size + 27) / 28;
        try (OutputStream out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file)), 1 << 16)) {
            out.write("#model_version:v1,score_date:2026-08-2%d\ncve,epss,percentile\n"
                    .formatted(day)
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < size; i++) {
                out.write(String.format(
                                Locale.ROOT,
                                "CVE-%d-%d,%.5f,%.5f\n",
                                1999 + i / year,
                                1000 + i % year,
                                random.nextDouble(),
                                random.nextDouble())
                        .getBytes(StandardCharsets.US_ASCII));
            }
        }
        return file;
    }

    private void empty() {
        jdbc.sql("truncate epss_score").update();
        for (var table : List.of("bench_peer", "bench_limit")) {
            jdbc.sql("drop table if exists " + table).update();
            jdbc.sql("create table " + table + " (cve text primary key, score numeric(6,5), percentile numeric(6,5))")
                    .update();
        }
        jdbc.sql("checkpoint").update();
    }

    private void ours(Path file) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            feeds.importFile("epss", in, Actor.system("bench"));
        }
    }

    private void peer(Path file) throws IOException, SQLException {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.execute(
                        "create temporary table bench_staged (cve text, score numeric(6,5), percentile numeric(6,5)) on commit drop");
                copy(connection.unwrap(PGConnection.class), file, "bench_staged");
                statement.execute("""
                        insert into bench_peer select * from bench_staged
                        on conflict (cve) do update set score = excluded.score, percentile = excluded.percentile""");
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private void copy(Path file, String table) throws IOException, SQLException {
        try (var connection = database.getConnection()) {
            copy(connection.unwrap(PGConnection.class), file, table);
        }
    }

    private static void copy(PGConnection connection, Path file, String table) throws IOException, SQLException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            // The comment is no CSV.
            for (int c = in.read(); c != '\n'; c = in.read()) {}
            connection.getCopyAPI().copyIn("copy " + table + " from stdin (format csv, header)", in, 1 << 16);
        }
    }
}
