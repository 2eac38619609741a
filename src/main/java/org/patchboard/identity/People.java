package org.patchboard.identity;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who is who and who belongs where, read afresh at every question as of the clock's present moment. */
@Repository
public class People {

    /** Every criterion may be null, which means: any. */
    public record PersonFilter(
            @Nullable String login,
            String @Nullable [] logins,
            @Nullable String name,
            @Nullable String nameLike,
            @Nullable String mail,
            @Nullable String mailLike,
            @Nullable String team) {}

    /** Every criterion may be null, which means: any. */
    public record TeamFilter(
            @Nullable String id,
            String @Nullable [] ids,
            @Nullable String name,
            @Nullable String nameLike,
            @Nullable String member) {}

    /**
     * Part of a list.
     *
     * @param orderBy SQL made by us, never by a caller from outside
     */
    public record Part(String orderBy, int offset, int limit) {}

    private static final String PERSON_COLUMNS =
            "p.id, p.login, p.display_name as name, p.email as mail, p.zone, p.enabled ";

    private static final String PERSONS = """
            from person p
            where p.enabled
              and (cast(:login as text) is null or p.login = :login)
              and (cast(:logins as text[]) is null or p.login = any(:logins))
              and (cast(:name as text) is null or p.display_name = :name)
              and (cast(:nameLike as text) is null or p.display_name like :nameLike)
              and (cast(:mail as text) is null or p.email = :mail)
              and (cast(:mailLike as text) is null or p.email like :mailLike)
              and (cast(:team as text) is null or exists (
                select from effective_membership(:moment) m where m.person = p.id and m.team = :team))
            """;

    private static final String TEAMS = """
            from team t
            where (cast(:id as text) is null or t.id = :id)
              and (cast(:ids as text[]) is null or t.id = any(:ids))
              and (cast(:name as text) is null or t.name = :name)
              and (cast(:nameLike as text) is null or t.name like :nameLike)
              and (cast(:member as text) is null or exists (
                select from effective_membership(:moment) m
                where m.team = t.id
                  and m.person = (select p.id from person p where p.login = :member and p.enabled)))
            """;

    private final JdbcClient jdbc;
    private final Clock clock;

    People(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** The enabled person with this login. */
    public Optional<Person> person(String login) {
        return jdbc.sql("select " + PERSON_COLUMNS + "from person p where p.login = ? and p.enabled")
                .param(login)
                .query(Person.class)
                .optional();
    }

    /** Enabled people with these logins, by login. */
    public List<Person> persons(Collection<String> logins) {
        return persons(
                new PersonFilter(null, logins.toArray(String[]::new), null, null, null, null, null),
                new Part("p.login", 0, Integer.MAX_VALUE));
    }

    /** Names of all people, disabled ones too, by login, and of all groups by id. */
    public Map<String, String> names() {
        var names = new HashMap<String, String>();
        jdbc.sql("select id, name from team union all select login, display_name from person")
                .query(row -> {
                    names.put(row.getString(1), row.getString(2));
                });
        return names;
    }

    /** Names by login, of disabled people too; of whoever has none, such as a part of the product, there is nothing. */
    public Map<String, String> names(Collection<String> logins) {
        var names = new HashMap<String, String>();
        if (!logins.isEmpty()) {
            jdbc.sql("select login, display_name from person where login = any(?)")
                    .param(logins.toArray(String[]::new))
                    .query(row -> {
                        names.put(row.getString(1), row.getString(2));
                    });
        }
        return names;
    }

    /** Enabled people who belong to the group now, substitutes included, by login. */
    public List<Person> members(String team) {
        return persons(
                new PersonFilter(null, null, null, null, null, null, team), new Part("p.login", 0, Integer.MAX_VALUE));
    }

    /** The groups an enabled person has now; empty when there is no such person or the person is disabled. */
    public Optional<List<String>> teamsOf(String login) {
        return jdbc.sql("""
                        select array(select m.team from effective_membership(:moment) m
                                      where m.person = p.id order by m.team)
                          from person p where p.login = :login and p.enabled""")
                .param("login", login)
                .param("moment", now())
                .query((row, number) -> List.of((String[]) row.getArray(1).getArray()))
                .optional();
    }

    /** Enabled people who belong to the group now and may act in it on this change, by login. */
    public List<Person> members(String team, ChangeId change) {
        return members(team, change.value());
    }

    /** @param subject number of a change, or of a proposal about a policy */
    public List<Person> members(String team, String subject) {
        return jdbc.sql("select " + PERSON_COLUMNS + """
                        from person p join effective_membership_on(:moment, :change) m on m.person = p.id
                         where p.enabled and m.team = :team order by p.login""")
                .param("moment", now())
                .param("change", subject)
                .param("team", team)
                .query(Person.class)
                .list();
    }

    /**
     * The groups an enabled person may act in now on this change: a substitution counts only when it was approved before
     * the change was opened.
     */
    public List<String> teamsOf(String login, ChangeId change) {
        return jdbc.sql("""
                        select distinct m.team from person p join effective_membership_on(:moment, :change) m
                            on m.person = p.id
                         where p.login = :login and p.enabled order by m.team""")
                .param("login", login)
                .param("moment", now())
                .param("change", change.value())
                .query(String.class)
                .list();
    }

    /** Whether an enabled person belongs to the group now. */
    public boolean isMember(String login, String team) {
        return teamsOf(login).orElse(List.of()).contains(team);
    }

    public List<Person> persons(PersonFilter filter, Part part) {
        return bind("select " + PERSON_COLUMNS + PERSONS + paged(part), filter)
                .query(Person.class)
                .list();
    }

    public long count(PersonFilter filter) {
        return bind("select count(*) " + PERSONS, filter).query(Long.class).single();
    }

    public List<Team> teams(TeamFilter filter, Part part) {
        return bind("select t.id, t.name, t.purpose " + TEAMS + paged(part), filter)
                .query(Team.class)
                .list();
    }

    public long count(TeamFilter filter) {
        return bind("select count(*) " + TEAMS, filter).query(Long.class).single();
    }

    private JdbcClient.StatementSpec bind(String sql, PersonFilter filter) {
        return jdbc.sql(sql)
                .param("login", filter.login())
                .param("logins", filter.logins())
                .param("name", filter.name())
                .param("nameLike", filter.nameLike())
                .param("mail", filter.mail())
                .param("mailLike", filter.mailLike())
                .param("team", filter.team())
                .param("moment", now());
    }

    private JdbcClient.StatementSpec bind(String sql, TeamFilter filter) {
        return jdbc.sql(sql)
                .param("id", filter.id())
                .param("ids", filter.ids())
                .param("name", filter.name())
                .param("nameLike", filter.nameLike())
                .param("member", filter.member())
                .param("moment", now());
    }

    private static String paged(Part part) {
        return " order by " + part.orderBy() + " offset " + part.offset() + " limit " + part.limit();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
