package org.patchboard.report;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lists of many things, page by page, as rows of text. */
@Repository
public class Lists {

    public static final int PAGE = 50;

    /** Part of a list and how long it is in all. */
    public record Rows(List<List<Cell>> rows, long total) {}

    /** @param href page about what the cell names, or null */
    public record Cell(String text, @Nullable String href) {}

    /** A column of this name ending carries the link of the column before it. */
    private static final String HREF = "_href";

    private final JdbcClient jdbc;

    Lists(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Name, kind, group, exposure, criticality, system, packages, last seen. */
    public Rows assets(String text, int page) {
        return rows("""
                select a.name, '/assets/' || a.id as name_href, a.kind, coalesce(a.maintenance_group, '–'), a.exposure, a.criticality,
                       concat_ws(' ', a.os_name, a.os_version),
                       (select count(*) from installed_package i where i.asset = a.id)::text,
                       to_char(a.last_seen at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')""", """
                 from asset a where :text = '' or a.name ilike '%' || :text || '%' or a.maintenance_group ilike :text || '%'""", " order by a.name", text, page);
    }

    /** CVE, host, package, installed, fixed in, severity, state, change. */
    public Rows findings(String text, int page) {
        return rows("""
                select f.cve, '/vulnerabilities/' || f.cve as cve_href, a.name, '/assets/' || a.id as name_href, f.package,
                       f.installed_version, coalesce(f.fixed_version, 'no fix known'), f.severity, f.state,
                       coalesce(f.change_id, '–'), '/changes/' || f.change_id as change_href""", """
                 from finding f join asset a on a.id = f.asset
                where :text = '' or f.cve ilike :text || '%' or a.name ilike '%' || :text || '%' or f.package ilike :text || '%'""", " order by f.state desc, f.last_seen desc, f.id", text, page);
    }

    /** When, who, what, to what, content, hash. */
    public Rows audit(String text, int page) {
        return rows("""
                select to_char(e.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'), e.actor, e.action,
                       coalesce(e.change_id, e.chain), '/changes/' || e.change_id as change_href, e.subject, e.content, left(encode(e.hash, 'hex'), 16)""", """
                 from audit_entry e where :text = '' or e.actor = :text or e.action = :text or e.change_id = :text""", " order by e.id desc", text, page);
    }

    private Rows rows(String select, String from, String order, String text, int page) {
        var total = jdbc.sql("select count(*)" + from)
                .param("text", text)
                .query(Long.class)
                .single();
        var rows = jdbc.sql(select + from + order + " limit " + PAGE + " offset " + (long) PAGE * Math.max(0, page))
                .param("text", text)
                .query((row, number) -> cells(row))
                .list();
        return new Rows(rows, total);
    }

    private static List<Cell> cells(ResultSet row) throws SQLException {
        var cells = new ArrayList<Cell>();
        var columns = row.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (columns.getColumnLabel(i).endsWith(HREF)) {
                cells.set(cells.size() - 1, new Cell(cells.get(cells.size() - 1).text(), row.getString(i)));
            } else {
                cells.add(new Cell(String.valueOf(row.getString(i)), null));
            }
        }
        return List.copyOf(cells);
    }
}
