package org.patchboard.lifecycle.engine;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.Resource;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.identity.Group;
import org.camunda.bpm.engine.identity.GroupQuery;
import org.camunda.bpm.engine.identity.NativeUserQuery;
import org.camunda.bpm.engine.identity.Tenant;
import org.camunda.bpm.engine.identity.TenantQuery;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.identity.UserQuery;
import org.camunda.bpm.engine.impl.AbstractQuery;
import org.camunda.bpm.engine.impl.Direction;
import org.camunda.bpm.engine.impl.GroupQueryImpl;
import org.camunda.bpm.engine.impl.Page;
import org.camunda.bpm.engine.impl.TenantQueryImpl;
import org.camunda.bpm.engine.impl.UserQueryImpl;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.identity.ReadOnlyIdentityProvider;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.interceptor.CommandExecutor;
import org.camunda.bpm.engine.impl.interceptor.Session;
import org.camunda.bpm.engine.impl.interceptor.SessionFactory;
import org.camunda.bpm.engine.impl.persistence.entity.GroupEntity;
import org.camunda.bpm.engine.impl.persistence.entity.UserEntity;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.People;
import org.patchboard.identity.People.Part;
import org.patchboard.identity.People.PersonFilter;
import org.patchboard.identity.People.TeamFilter;
import org.patchboard.identity.Person;
import org.patchboard.identity.Team;
import org.springframework.stereotype.Component;

/** Shows people and groups to the engine, read-only. Has no state, so one instance serves every command. */
@Component
class DirectoryIdentityProvider implements ReadOnlyIdentityProvider, SessionFactory {

    private static final Map<String, String> PERSON_COLUMNS =
            Map.of("ID_", "p.login", "FIRST_", "p.display_name", "LAST_", "p.display_name", "EMAIL_", "p.email");
    private static final Map<String, String> TEAM_COLUMNS = Map.of("ID_", "t.id", "NAME_", "t.name", "TYPE_", "t.id");

    private final People people;

    DirectoryIdentityProvider(People people) {
        this.people = people;
    }

    @Override
    public Class<?> getSessionType() {
        return ReadOnlyIdentityProvider.class;
    }

    @Override
    public Session openSession() {
        return this;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public User findUserById(String id) {
        return createUserQuery(Context.getCommandContext()).userId(id).singleResult();
    }

    @Override
    public UserQuery createUserQuery() {
        return new Users(executor());
    }

    @Override
    public UserQuery createUserQuery(CommandContext context) {
        return new Users(null);
    }

    @Override
    public NativeUserQuery createNativeUserQuery() {
        throw new UnsupportedOperationException("native user query");
    }

    @Override
    public Group findGroupById(String id) {
        return createGroupQuery(Context.getCommandContext()).groupId(id).singleResult();
    }

    @Override
    public GroupQuery createGroupQuery() {
        return new Groups(executor());
    }

    @Override
    public GroupQuery createGroupQuery(CommandContext context) {
        return new Groups(null);
    }

    @Override
    public @Nullable Tenant findTenantById(String id) {
        return null;
    }

    @Override
    public TenantQuery createTenantQuery() {
        return new NoTenants(executor());
    }

    @Override
    public TenantQuery createTenantQuery(CommandContext context) {
        return new NoTenants(null);
    }

    /** Passwords are checked by Spring Security alone; the engine must not become a second, unthrottled door. */
    @Override
    public boolean checkPassword(String userId, String password) {
        return false;
    }

    private static CommandExecutor executor() {
        return Context.getProcessEngineConfiguration().getCommandExecutorTxRequired();
    }

    private class Users extends UserQueryImpl {
        Users(@Nullable CommandExecutor executor) {
            super(executor);
        }

        @Override
        public long executeCount(CommandContext context) {
            return excluded(context) ? 0 : people.count(filter(context));
        }

        @Override
        public List<User> executeList(CommandContext context, Page ignored) {
            return excluded(context)
                    ? List.of()
                    : people.persons(filter(context), page(this, PERSON_COLUMNS, "p.login")).stream()
                            .map(DirectoryIdentityProvider::user)
                            .toList();
        }

        private boolean excluded(CommandContext context) {
            refuse("potentialStarter", procDefId);
            return tenantId != null || hidden(context, Resources.USER, id);
        }

        private PersonFilter filter(CommandContext context) {
            return new PersonFilter(
                    visible(context, Resources.USER, id),
                    ids,
                    either(firstName, lastName),
                    either(firstNameLike, lastNameLike),
                    email,
                    emailLike,
                    groupId);
        }
    }

    private class Groups extends GroupQueryImpl {
        Groups(@Nullable CommandExecutor executor) {
            super(executor);
        }

        @Override
        public long executeCount(CommandContext context) {
            return excluded(context) ? 0 : people.count(filter(context));
        }

        @Override
        public List<Group> executeList(CommandContext context, Page ignored) {
            return excluded(context)
                    ? List.of()
                    : people.teams(filter(context), page(this, TEAM_COLUMNS, "t.id")).stream()
                            .map(DirectoryIdentityProvider::group)
                            .toList();
        }

        private boolean excluded(CommandContext context) {
            refuse("potentialStarter", procDefId);
            return tenantId != null
                    || type != null && !"WORKFLOW".equals(type)
                    || hidden(context, Resources.GROUP, userId);
        }

        private TeamFilter filter(CommandContext context) {
            return new TeamFilter(id, ids, name, nameLike, visible(context, Resources.GROUP, userId));
        }
    }

    private static class NoTenants extends TenantQueryImpl {
        NoTenants(@Nullable CommandExecutor executor) {
            super(executor);
        }

        @Override
        public long executeCount(CommandContext context) {
            return 0;
        }

        @Override
        public List<Tenant> executeList(CommandContext context, Page page) {
            return List.of();
        }
    }

    /** Without READ on all users (or groups) a person sees only herself (or her own groups). */
    private static @Nullable String visible(CommandContext context, Resource resource, @Nullable String asked) {
        return mayReadAll(context, resource) ? asked : context.getAuthenticatedUserId();
    }

    private static boolean hidden(CommandContext context, Resource resource, @Nullable String asked) {
        return asked != null
                && !mayReadAll(context, resource)
                && !Objects.equals(asked, context.getAuthenticatedUserId());
    }

    private static boolean mayReadAll(CommandContext context, Resource resource) {
        return context.getAuthorizationManager().isAuthorized(Permissions.READ, resource, Authorization.ANY);
    }

    private static void refuse(String criterion, @Nullable String value) {
        if (value != null) throw new UnsupportedOperationException(criterion + " is not supported by the directory");
    }

    private static @Nullable String either(@Nullable String first, @Nullable String last) {
        return first != null ? first : last;
    }

    private static Part page(AbstractQuery<?, ?> query, Map<String, String> columns, String key) {
        var order = query.getOrderingProperties().stream()
                .map(o -> columns.get(o.getQueryProperty().getName())
                        + (o.getDirection() == Direction.DESCENDING ? " desc, " : ", "))
                .collect(joining());
        return new Part(order + key, query.getFirstResult(), query.getMaxResults());
    }

    private static User user(Person person) {
        var user = new UserEntity();
        user.setId(person.login());
        user.setFirstName(person.name());
        user.setLastName("");
        user.setEmail(person.mail());
        return user;
    }

    private static Group group(Team team) {
        var group = new GroupEntity(team.id());
        group.setName(team.name());
        group.setType("WORKFLOW");
        return group;
    }
}
