package org.patchboard.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lists of many things, page by page, as rows of text. */
@Repository
public class Lists {

    public static final int PAGE = 50;

    /** Part of a list and how long it is in all. */
    public record Rows(List<List<String>> rows, long total) {}

    private final JdbcClient jdbc;

    Lists(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Name, kind, group, exposure, criticality, system, packages, last seen. */
    public Rows assets(String text, int page) {
        return rows("""
                select a.name, a.kind, coalesce(a.maintenance_group, '–'), a.exposure, a.criticality,
                       concat_ws(' ', a.os_name, a.os_version),
                       (select count(*) from installed_package i where i.asset = a.id)::text,
                       to_char(a.last_seen at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')""", """
                 from asset a where :text = '' or a.name ilike '%' || :text || '%' or a.maintenance_group ilike :text || '%'""", " order by a.name", text, null, page);
    }

    /** CVE, host, package, installed, fixed in, severity, state, change. */
    public Rows findings(String text, int page) {
        return rows("""
                select f.cve, a.name, f.package, f.installed_version, coalesce(f.fixed_version, 'no fix known'), f.severity,
                       f.state, coalesce(f.change_id, '–')""", """
                 from finding f join asset a on a.id = f.asset
                where :text = '' or f.cve ilike :text || '%' or a.name ilike '%' || :text || '%' or f.package ilike :text || '%'""", " order by f.state desc, f.last_seen desc, f.id", text, null, page);
    }

    /** State, subject, recipient, written, tries, fault; of one person or of all. */
    public Rows messages(String text, @Nullable String login, int page) {
        return rows("""
                select o.state, o.subject, o.recipient_name, to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
                       o.text_body, coalesce(o.last_error, '')""", """
                 from outbox o where (cast(:login as text) is null or o.recipient = :login)
                  and (:text = '' or o.subject ilike '%' || :text || '%' or o.recipient ilike :text || '%')""", " order by o.created_at desc, o.id", text, login, page);
    }

    /** When, who, what, to what, content, hash. */
    public Rows audit(String text, int page) {
        return rows("""
                select to_char(e.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'), e.actor, e.action,
                       coalesce(e.change_id, e.chain), e.subject, e.content, left(encode(e.hash, 'hex'), 16)""", """
                 from audit_entry e where :text = '' or e.actor = :text or e.action = :text or e.change_id = :text""", " order by e.id desc", text, null, page);
    }

    private Rows rows(String select, String from, String order, String text, @Nullable String login, int page) {
        var total = bind(jdbc.sql("select count(*)" + from), from, text, login)
                .query(Long.class)
                .single();
        var rows = bind(
                        jdbc.sql(select + from + order + " limit " + PAGE + " offset "
                                + (long) PAGE * Math.max(0, page)),
                        from,
                        text,
                        login)
                .query((row, number) -> {
                    var cells = new java.util.ArrayList<String>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        cells.add(String.valueOf(row.getString(i)));
                    }
                    return List.copyOf(cells);
                })
                .list();
        return new Rows(rows, total);
    }

    private static JdbcClient.StatementSpec bind(
            JdbcClient.StatementSpec statement, String from, String text, @Nullable String login) {
        var bound = statement.param("text", text);
        return from.contains(":login") ? bound.param("login", login) : bound;
    }
}
