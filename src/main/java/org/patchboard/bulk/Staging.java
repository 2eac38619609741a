package org.patchboard.bulk;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * A temporary table filled by COPY in the caller's transaction (measured: five to ten times a batched insert), to be
 * merged by set afterwards. Gone when the transaction ends. Rows travel in pieces, each a COPY of its own, so several
 * tables can be filled side by side on one connection and none is ever in memory as a whole.
 */
public final class Staging {

    /** Bytes of a piece: large enough that a round trip does not count. */
    private static final int PIECE = 1 << 18;

    private final Connection connection;
    private final String copy;
    private byte[] piece = new byte[PIECE + 4096];
    private int filled;

    private Staging(Connection connection, String name) {
        this.connection = connection;
        this.copy = "copy pg_temp." + name + " from stdin";
    }

    /**
     * Creates the table.
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
            return new Staging(connection, name);
        } catch (SQLException e) {
            throw new UncategorizedSQLException("open staging", table, e);
        }
    }

    /** One row; null is SQL's null. Characters that PostgreSQL cannot hold are left out. */
    public void add(@Nullable Object... columns) {
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                put('\t');
            }
            var column = columns[i];
            if (column == null) {
                put('\\');
                put('N');
            } else {
                append(column.toString());
            }
        }
        put('\n');
        if (filled >= PIECE) {
            flush();
        }
    }

    private void append(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                i += wide(text, i);
                continue;
            }
            switch (c) {
                case '\\' -> escaped('\\');
                case '\t' -> escaped('t');
                case '\n' -> escaped('n');
                case '\r' -> escaped('r');
                case '\0' -> {}
                default -> put(c);
            }
        }
    }

    private void escaped(char letter) {
        put('\\');
        put(letter);
    }

    /** UTF-8; half of a surrogate pair is not a character and becomes a question mark. Returns how many to skip. */
    private int wide(String text, int at) {
        int point = text.codePointAt(at);
        if (point < 0x800) {
            put(0xC0 | point >> 6);
        } else if (point >= 0x10000) {
            put(0xF0 | point >> 18);
            put(0x80 | point >> 12 & 0x3F);
            put(0x80 | point >> 6 & 0x3F);
        } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            put('?');
            return 0;
        } else {
            put(0xE0 | point >> 12);
            put(0x80 | point >> 6 & 0x3F);
        }
        put(0x80 | point & 0x3F);
        return Character.charCount(point) - 1;
    }

    private void put(int octet) {
        if (filled == piece.length) {
            piece = java.util.Arrays.copyOf(piece, piece.length * 2);
        }
        piece[filled++] = (byte) octet;
    }

    private void flush() {
        if (filled == 0) {
            return;
        }
        try {
            var rows = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
            try {
                rows.writeToCopy(piece, 0, filled);
                rows.endCopy();
            } finally {
                if (rows.isActive()) {
                    rows.cancelCopy();
                }
            }
            filled = 0;
        } catch (SQLException e) {
            throw new UncategorizedSQLException("copy", copy, e);
        }
    }

    /** Ends the filling; the table can be read from now on, and the planner knows how large it is. */
    public void finish() {
        flush();
        try (var statement = connection.createStatement()) {
            statement.execute("analyze pg_temp." + copy.substring("copy pg_temp.".length(), copy.indexOf(" from")));
        } catch (SQLException e) {
            throw new UncategorizedSQLException("end copy", copy, e);
        }
    }
}
