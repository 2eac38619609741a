package org.patchboard.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Slice;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A query of which a caller sees one page, and how long it is in all. */
record SlicedQuery(String columns, String from, String order) {

    <T> Slice<T> read(JdbcClient jdbc, Map<String, ?> parameters, int page, int size, RowMapper<T> row) {
        Slice.checkBounds(page, size);
        var total = jdbc.sql("select count(*) " + from)
                .params(parameters)
                .query(Long.class)
                .single();
        var items = jdbc.sql(
                        "select " + columns + " " + from + order + " limit " + size + " offset " + (long) page * size)
                .params(parameters)
                .query(row)
                .list();
        return new Slice<>(items, page, size, total);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
