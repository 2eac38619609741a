package org.patchboard.lifecycle.engine;

import static org.camunda.bpm.engine.authorization.Authorization.ANY;
import static org.camunda.bpm.engine.authorization.Authorization.AUTH_TYPE_GRANT;

import java.util.List;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.authorization.BatchPermissions;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.ProcessDefinitionPermissions;
import org.camunda.bpm.engine.authorization.Resource;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.authorization.UserOperationLogCategoryPermissions;
import org.patchboard.identity.Directory;
import org.patchboard.identity.FirstAdministrator;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.shared.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * On an empty directory: the first administrator, the engine's grants and Tasklist's filters in one transaction,
 * before the port opens. There is no default password: one is given by the environment or made and printed once.
 */
@Component
class FirstStart implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
    private static final Actor ACTOR = Actor.system("first-start");

    private final Directory directory;
    private final People people;
    private final AuthorizationService authorizations;
    private final TasklistFilters filters;
    private final TransactionTemplate transaction;
    private final FirstAdministrator first;

    FirstStart(
            Directory directory,
            People people,
            AuthorizationService authorizations,
            TasklistFilters filters,
            TransactionTemplate transaction,
            FirstAdministrator first) {
        this.directory = directory;
        this.people = people;
        this.authorizations = authorizations;
        this.filters = filters;
        this.transaction = transaction;
        this.first = first;
    }

    /** Named by the environment, or with a password made at random. */
    @Configuration(proxyBeanMethods = false)
    @Profile("!demo")
    static class Given {
        @Bean
        FirstAdministrator firstAdministrator(Environment environment) {
            var given = environment.getProperty("patchboard.first-administrator-password");
            return new FirstAdministrator(
                    "admin",
                    "First Person",
                    given == null ? Directory.randomPassword() : given,
                    given == null,
                    given == null);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        var created = transaction.execute(status -> createIfEmpty());
        if (Boolean.TRUE.equals(created) && first.printed()) {
            LOG.warn(
                    "The first administrator is \"{}\", with the {} {}",
                    first.login(),
                    first.mustChange() ? "one-time password (to be changed at the first sign-in)" : "password",
                    first.password());
        }
    }

    private boolean createIfEmpty() {
        if (!directory.isEmpty()) {
            return false;
        }
        directory.add(
                first.login(), first.name(), "first@localhost", "UTC", first.password(), first.mustChange(), ACTOR);
        directory.grant(first.login(), Team.ADMINISTRATORS, null, null, ACTOR);
        var filterIds = filters.create();
        for (var team : teams()) {
            switch (team) {
                case Team.ADMINISTRATORS -> administrators();
                case Team.AUDITORS -> auditors();
                default -> workers(team, filterIds);
            }
        }
        return true;
    }

    /** Each sees and works the tasks whose candidate she is: the engine grants those by itself, task by task. */
    private void workers(String team, List<String> filterIds) {
        grant(team, Resources.APPLICATION, "tasklist", Permissions.ACCESS);
        grant(team, Resources.PROCESS_DEFINITION, ANY, Permissions.READ);
        grant(team, Resources.USER, ANY, Permissions.READ);
        grant(team, Resources.GROUP, ANY, Permissions.READ);
        filterIds.forEach(filter -> grant(team, Resources.FILTER, filter, Permissions.READ));
    }

    private void auditors() {
        grant(Team.AUDITORS, Resources.APPLICATION, "cockpit", Permissions.ACCESS);
        grant(
                Team.AUDITORS,
                Resources.PROCESS_DEFINITION,
                ANY,
                Permissions.READ,
                ProcessDefinitionPermissions.READ_HISTORY,
                ProcessDefinitionPermissions.READ_INSTANCE);
        grant(Team.AUDITORS, Resources.DECISION_DEFINITION, ANY, Permissions.READ, Permissions.READ_HISTORY);
        grant(Team.AUDITORS, Resources.OPERATION_LOG_CATEGORY, ANY, UserOperationLogCategoryPermissions.READ);
        grant(Team.AUDITORS, Resources.USER, ANY, Permissions.READ);
        grant(Team.AUDITORS, Resources.GROUP, ANY, Permissions.READ);
    }

    /** Operates the engine without a way around the process: no UPDATE, no DELETE, no MIGRATE, no task of others. */
    private void administrators() {
        grant(Team.ADMINISTRATORS, Resources.APPLICATION, "cockpit", Permissions.ACCESS);
        grant(Team.ADMINISTRATORS, Resources.APPLICATION, "admin", Permissions.ACCESS);
        grant(
                Team.ADMINISTRATORS,
                Resources.PROCESS_DEFINITION,
                ANY,
                Permissions.READ,
                ProcessDefinitionPermissions.READ_INSTANCE,
                ProcessDefinitionPermissions.READ_TASK,
                ProcessDefinitionPermissions.READ_HISTORY,
                ProcessDefinitionPermissions.RETRY_JOB);
        grant(Team.ADMINISTRATORS, Resources.DECISION_DEFINITION, ANY, Permissions.READ);
        grant(Team.ADMINISTRATORS, Resources.DEPLOYMENT, ANY, Permissions.READ);
        grant(Team.ADMINISTRATORS, Resources.BATCH, ANY, BatchPermissions.READ);
        grant(Team.ADMINISTRATORS, Resources.USER, ANY, Permissions.READ);
        grant(Team.ADMINISTRATORS, Resources.GROUP, ANY, Permissions.READ);
        grant(Team.ADMINISTRATORS, Resources.AUTHORIZATION, ANY, Permissions.READ);
        grant(Team.ADMINISTRATORS, Resources.OPERATION_LOG_CATEGORY, ANY, UserOperationLogCategoryPermissions.READ);
    }

    private List<String> teams() {
        return people
                .teams(new People.TeamFilter(null, null, null, null, null), new People.Part("t.id", 0, 1000))
                .stream()
                .map(Team::id)
                .toList();
    }

    private void grant(String team, Resource resource, String id, Permission... permissions) {
        var grant = authorizations.createNewAuthorization(AUTH_TYPE_GRANT);
        grant.setGroupId(team);
        grant.setResource(resource);
        grant.setResourceId(id);
        grant.setPermissions(permissions);
        authorizations.saveAuthorization(grant);
    }
}
