package org.patchboard.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.patchboard.Patchboard;
import org.patchboard.TestPeople;
import org.slf4j.LoggerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Runs cases inside the whole product on a database of their own, and writes {@code bench/results/CASE.json}.
 * {@code -Dcommit=…} names what was measured, {@code -Dbeside=…} what ran on the machine meanwhile.
 */
public final class Bench {

    /** Times each thing is measured; the median counts. */
    static final int TIMES = Integer.getInteger("times", 3);

    interface Work {
        void run() throws Exception;
    }

    private Bench() {}

    public static void main(String[] cases) {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        System.setProperty("logging.level.root", "warn");
        // Whatever a case that fails leaves running is not waited for.
        try {
            for (var name : cases) {
                measure(name);
            }
            System.exit(0);
        } catch (Exception e) {
            LoggerFactory.getLogger(Bench.class).error("the case was given up", e);
            System.exit(1);
        }
    }

    private static void measure(String name) throws Exception {
        var load = load();
        try (var product = start()) {
            var rows = switch (name) {
                case "import-epss" -> new ImportEpss(product).rows();
                case "import-inventory" -> new ImportInventory(product).rows();
                case "import-report" -> new ImportReport(product).rows();
                case "lifecycle" -> new Lifecycle(product).rows();
                default -> throw new IllegalArgumentException("there is no case " + name);
            };
            write(name, load, product, rows);
        }
    }

    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(Patchboard.class, TestPeople.class)
                .run(
                        "--patchboard.embedded-database.temporary=true",
                        "--server.port=0",
                        "--camunda.bpm.job-execution.enabled=false",
                        "--db-scheduler.polling-interval=10m",
                        // a change of the case "lifecycle" need not wait a day for its window
                        "--patchboard.schedule.notice=PT0S");
    }

    /** The sizes asked for by {@code -Dsizes=…}, or else the usual ones. */
    static int[] sizes(int... usual) {
        var asked = System.getProperty("sizes", "");
        return asked.isEmpty()
                ? usual
                : Arrays.stream(asked.split(",", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray();
    }

    /** Nanoseconds, the median of several; what comes before each is not counted. */
    static long median(Work before, Work work) throws Exception {
        // Not counted: code that has not run yet is interpreted.
        before.run();
        work.run();
        var nanos = new long[TIMES];
        for (int i = 0; i < TIMES; i++) {
            before.run();
            var start = System.nanoTime();
            work.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[TIMES / 2];
    }

    static long median(Work work) throws Exception {
        return median(() -> {}, work);
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static void write(String name, double load, ConfigurableApplicationContext product, List<Row> rows)
            throws IOException {
        var postgres = product.getBean(JdbcClient.class)
                .sql("select split_part(version(), ' ', 2) || ', fsync ' || current_setting('fsync')")
                .query(String.class)
                .single();
        var peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
        var result = new LinkedHashMap<String, Object>();
        result.put("case", name);
        result.put("commit", System.getProperty("commit", "unknown"));
        result.put(
                "machine",
                String.format(
                        Locale.ROOT,
                        "%d cores, %s %s, Java %s, heap at most %d MB, PostgreSQL %s; load %.1f at the start: %s",
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        System.getProperty("java.version"),
                        Runtime.getRuntime().maxMemory() >> 20,
                        postgres,
                        load,
                        System.getProperty("beside", "nothing else was said to run")));
        result.put("peakHeapMB", peak >> 20);
        result.put("times", TIMES);
        result.put("rows", rows);
        var file = Path.of("bench/results", name + ".json");
        Files.createDirectories(file.getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), result);
        System.out.printf(
                "%n%-18s %-44s %14s %14s %14s %8s %8s %6s%n",
                name, "", "ours", "peer", "limit", "to peer", "to limit", "goal");
        for (var row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "%-18s %-44s %14s %14s %14s %8s %8.3f %6.2f%n",
                    "",
                    row.what() + ", " + row.unit(),
                    figure(row.ours()),
                    row.peer() == null ? "–" : figure(row.peer()),
                    figure(row.limit()),
                    row.ratioToPeer() == null ? "–" : row.ratioToPeer().toString(),
                    row.ratioToLimit(),
                    row.goal());
        }
    }

    private static String figure(double rate) {
        return String.format(Locale.ROOT, rate < 100 ? "%.2f" : "%.0f", rate);
    }
}
