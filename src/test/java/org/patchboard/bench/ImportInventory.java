package org.patchboard.bench;

import de.siegmar.fastcsv.reader.CsvReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.patchboard.inventory.InventoryImports;
import org.patchboard.shared.Actor;
import org.postgresql.PGConnection;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A file of installed packages, first and again unchanged. Peer: batched JDBC inserts of its lines. Limit: COPY of the same
 * bytes into one table with a key.
 */
final class ImportInventory {

    private static final int PACKAGES = 1_000;

    private final InventoryImports inventory;
    private final DataSource database;
    private final JdbcClient jdbc;

    ImportInventory(ApplicationContext product) {
        inventory = product.getBean(InventoryImports.class);
        database = product.getBean(DataSource.class);
        jdbc = product.getBean(JdbcClient.class);
    }

    List<Row> rows() throws Exception {
        var rows = new ArrayList<Row>();
        for (int hosts : Bench.sizes(10, 100, 1_000)) {
            int size = hosts * PACKAGES;
            var file = file(hosts);
            var limit = Row.rate(size, Bench.median(this::empty, () -> copy(file)));
            rows.add(new Row(
                    "first of " + size,
                    "packages/s",
                    Row.rate(size, Bench.median(this::empty, () -> ours(file))),
                    Row.rate(size, Bench.median(this::empty, () -> peer(file))),
                    limit,
                    0.5));
            // What was measured last is what is there now.
            ours(file);
            rows.add(new Row(
                    "unchanged " + size,
                    "packages/s",
                    Row.rate(size, Bench.median(() -> ours(file))),
                    Row.rate(size, Bench.median(() -> peer(file))),
                    limit,
                    0.6));
            Files.delete(file);
        }
        return rows;
    }

    /** 73 versions of each package, so 73,000 different ones at full size. */
    private static Path file(int hosts) throws IOException {
        var file = Files.createTempFile("inventory", ".csv");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("name,criticality,exposure,ecosystem,package,version\n");
            for (int host = 0; host < hosts; host++) {
                for (int i = 0; i < PACKAGES; i++) {
                    out.write("bench-host-%04d,high,internal,deb,lib-package-%04d,%d.%d.%d-1+deb12u%d\n"
                            .formatted(host, i, i % 9, i % 37, (host * 31 + i) % 73, i % 4));
                }
            }
        }
        return file;
    }

    private void empty() {
        jdbc.sql("truncate asset, package_version, installed_package, inventory_import cascade")
                .update();
        for (var table : List.of("bench_peer", "bench_limit")) {
            jdbc.sql("drop table if exists " + table).update();
            jdbc.sql("create table " + table + """
                             (name text, criticality text, exposure text, ecosystem text, package text, version text,
                             primary key (name, ecosystem, package, version))""").update();
        }
        jdbc.sql("checkpoint").update();
    }

    private void ours(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            inventory.importFile("csv", in, null, Actor.system("bench"));
        }
    }

    private void peer(Path file) throws IOException, SQLException {
        try (var connection = database.getConnection();
                var insert = connection.prepareStatement(
                        "insert into bench_peer values (?, ?, ?, ?, ?, ?) on conflict do nothing");
                var lines = CsvReader.builder().ofCsvRecord(file)) {
            connection.setAutoCommit(false);
            int waiting = 0;
            var header = true;
            for (var line : lines) {
                if (header) {
                    header = false;
                    continue;
                }
                for (int i = 0; i < 6; i++) {
                    insert.setString(i + 1, line.getField(i));
                }
                insert.addBatch();
                if (++waiting == 1_000) {
                    insert.executeBatch();
                    waiting = 0;
                }
            }
            insert.executeBatch();
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private void copy(Path file) throws IOException, SQLException {
        try (var connection = database.getConnection();
                var in = Files.newInputStream(file)) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy bench_limit from stdin (format csv, header)", in, 1 << 16);
        }
    }
}
