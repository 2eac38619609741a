package org.patchboard.lifecycle.engine;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.TaskQuery;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * What Tasklist shows on its left. Expressions in stored filters stay off, since they run code (CVE-2026-109432): who
 * sees which task is the engine's grants' business, and "Late" is given the present time once a minute.
 */
@Component
class TasklistFilters {

    static final String LATE = "Late";
    private static final Duration REFRESH = Duration.ofMinutes(1);

    private final FilterService filters;
    private final TaskService tasks;
    private final Clock clock;

    TasklistFilters(FilterService filters, TaskService tasks, Clock clock) {
        this.filters = filters;
        this.tasks = tasks;
        this.clock = clock;
    }

    /** Creates the three filters and returns their ids. */
    List<String> create() {
        return List.of(
                create(
                        "My tasks",
                        "Everything that waits for you or for one of your groups",
                        1,
                        tasks.createTaskQuery()),
                create(
                        "CAB votes",
                        "Ballots you are invited to",
                        2,
                        tasks.createTaskQuery().taskDefinitionKey("UserTask_Vote")),
                create(LATE, "Past its due date", 3, late()));
    }

    void refresh() {
        var filter = filters.createTaskFilterQuery().filterName(LATE).singleResult();
        if (filter != null) {
            filters.saveFilter(filter.setQuery(late()));
        }
    }

    private TaskQuery late() {
        return tasks.createTaskQuery().dueBefore(Date.from(clock.instant()));
    }

    private String create(String name, String description, int priority, TaskQuery query) {
        var filter = filters.newTaskFilter(name)
                .setQuery(query)
                .setProperties(Map.of(
                        "description",
                        description,
                        "priority",
                        priority,
                        "refresh",
                        true,
                        "showUndefinedVariable",
                        false,
                        "variables",
                        List.of(Map.of("name", "change", "label", "Change"))));
        return filters.saveFilter(filter).getId();
    }

    @Configuration(proxyBeanMethods = false)
    static class Refreshing {
        @Bean
        RecurringTask<Void> refreshLateFilter(TasklistFilters filters) {
            return Tasks.recurring("refresh-late-filter", FixedDelay.of(REFRESH))
                    .execute((instance, context) -> filters.refresh());
        }
    }
}
