package org.patchboard.bulk;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A temporary table filled by COPY in the caller's transaction (measured: five to ten times a batched insert), to be
 * merged by set afterwards. Gone when the transaction ends. Rows travel in pieces, so several tables can be filled side by
 * side on one connection and none is ever in memory as a whole; the caller reads on while the database takes a piece.
 * Until {@link #finish} nothing else can be asked of the connection.
 */
public final class Staging {

    /** Bytes of a piece: large enough that a round trip does not count. */
    private static final int PIECE = 1 << 18;

    private final Line line;
    private final String name;
    private byte[] piece = new byte[PIECE + 4096];
    private int filled;

    private Staging(Line line, String name) {
        this.line = line;
        this.name = name;
    }

    /** The connection of a transaction: one COPY at a time, which goes on until another one wants to begin. */
    private static final class Line implements TransactionSynchronization {

        private final Connection connection;
        private @Nullable CopyIn rows;
        private @Nullable String into;

        private Line(Connection connection) {
            this.connection = connection;
        }

        static Line of(Connection connection) {
            var line = (Line) TransactionSynchronizationManager.getResource(connection);
            if (line == null) {
                line = new Line(connection);
                TransactionSynchronizationManager.bindResource(connection, line);
                TransactionSynchronizationManager.registerSynchronization(line);
            }
            return line;
        }

        void send(String table, byte[] piece, int length) throws SQLException {
            if (!table.equals(into)) {
                end();
            }
            if (rows == null) {
                rows = connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy pg_temp." + table + " from stdin");
                into = table;
            }
            rows.writeToCopy(piece, 0, length);
        }

        void end() throws SQLException {
            var ended = rows;
            rows = null;
            into = null;
            if (ended != null) {
                ended.endCopy();
            }
        }

        /** Whoever gave up in the middle leaves a COPY behind, in which nothing can be rolled back. */
        @Override
        public void beforeCompletion() {
            TransactionSynchronizationManager.unbindResource(connection);
            if (rows != null && rows.isActive()) {
                try {
                    rows.cancelCopy();
                } catch (SQLException e) {
                    throw new UncategorizedSQLException("cancel copy", into, e);
                }
            }
        }
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
            var line = Line.of(connection);
            line.end();
            try (var statement = connection.createStatement()) {
                statement.execute("drop table if exists pg_temp." + name);
                statement.execute("create temporary table " + table + " on commit drop");
            }
            return new Staging(line, name);
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
        // No character has more than three bytes, and those that are escaped have two.
        room(3 * text.length());
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
                default -> piece[filled++] = (byte) c;
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
        room(1);
        piece[filled++] = (byte) octet;
    }

    private void room(int octets) {
        if (filled + octets > piece.length) {
            piece = Arrays.copyOf(piece, Math.max(filled + octets, piece.length * 2));
        }
    }

    private void flush() {
        if (filled == 0) {
            return;
        }
        try {
            line.send(name, piece, filled);
            filled = 0;
        } catch (SQLException e) {
            throw new UncategorizedSQLException("copy", name, e);
        }
    }

    /** Ends the filling; the table can be read from now on, and the planner knows how large it is. */
    public void finish() {
        flush();
        try {
            line.end();
            try (var statement = line.connection.createStatement()) {
                statement.execute("analyze pg_temp." + name);
            }
        } catch (SQLException e) {
            throw new UncategorizedSQLException("end copy", name, e);
        }
    }
}
