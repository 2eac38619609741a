package org.patchboard.bulk;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * A temporary table filled by COPY in the caller's transaction (measured: five to ten times a batched insert), to be
 * merged by set afterwards. Gone when the transaction ends.
 */
public final class Staging implements AutoCloseable {

    private static final int CHUNK = 1 << 16;

    private final CopyIn copy;
    private final StringBuilder rows = new StringBuilder(CHUNK + 4096);
    private boolean done;

    private Staging(CopyIn copy) {
        this.copy = copy;
    }

    /**
     * Creates the table and begins to fill it.
     *
     * @param table name and columns as in {@code create temporary table}: {@code staged (cve text, score numeric)}
     */
    public static Staging open(DataSource database, String table) {
        var connection = DataSourceUtils.getConnection(database);
        var name = table.substring(0, table.indexOf('(')).trim();
        try {
            if (connection.getAutoCommit()) {
                throw new IllegalStateException("an import is one transaction");
            }
            try (var statement = connection.createStatement()) {
                statement.execute("drop table if exists pg_temp." + name);
                statement.execute("create temporary table " + table + " on commit drop");
            }
            return new Staging(copyInto(connection, name));
        } catch (SQLException e) {
            throw new UncategorizedSQLException("open staging", table, e);
        }
    }

    private static CopyIn copyInto(Connection connection, String name) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + name + " from stdin");
    }

    /** One row; null is SQL's null. Characters that PostgreSQL cannot hold are left out. */
    public void add(@Nullable Object... columns) {
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                rows.append('\t');
            }
            append(columns[i]);
        }
        rows.append('\n');
        if (rows.length() >= CHUNK) {
            flush();
        }
    }

    private void append(@Nullable Object column) {
        if (column == null) {
            rows.append("\\N");
            return;
        }
        var text = column.toString();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> rows.append("\\\\");
                case '\t' -> rows.append("\\t");
                case '\n' -> rows.append("\\n");
                case '\r' -> rows.append("\\r");
                case '\0' -> {}
                default -> rows.append(c);
            }
        }
    }

    private void flush() {
        var bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
        rows.setLength(0);
        try {
            copy.writeToCopy(bytes, 0, bytes.length);
        } catch (SQLException e) {
            throw new UncategorizedSQLException("copy", null, e);
        }
    }

    /** Ends the filling; the table can be read from now on. */
    public void finish() {
        flush();
        try {
            copy.endCopy();
            done = true;
        } catch (SQLException e) {
            throw new UncategorizedSQLException("end copy", null, e);
        }
    }

    /** Abandons the filling when it was not finished. */
    @Override
    public void close() {
        if (!done && copy.isActive()) {
            try {
                copy.cancelCopy();
            } catch (SQLException e) {
                throw new UncheckedIOException(new java.io.IOException("the copy cannot be cancelled", e));
            }
        }
    }
}
