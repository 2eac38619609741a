package org.patchboard.lifecycle.process;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.lifecycle.engine.DecisionTables;
import org.patchboard.lifecycle.model.PolicyChange;
import org.patchboard.risk.ProposalId;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tables in force as a test found them; whatever it has put in force since is taken away again. */
public final class Tables implements AutoCloseable {

    private final RepositoryService repository;
    private final RuntimeService runtime;
    private final DecisionTables tables;
    private final JdbcClient jdbc;
    private final List<String> before;

    public Tables(ApplicationContext context) {
        repository = context.getBean(RepositoryService.class);
        runtime = context.getBean(RuntimeService.class);
        tables = context.getBean(DecisionTables.class);
        jdbc = context.getBean(JdbcClient.class);
        before = deployments();
    }

    private List<String> deployments() {
        return repository.createDeploymentQuery().list().stream()
                .map(deployment -> deployment.getId())
                .toList();
    }

    /** The table in force with something else in it. */
    public byte[] draft(String key, String pattern, String instead) {
        var content = new String(tables.current(key).content(), StandardCharsets.UTF_8);
        var draft = content.replaceFirst(pattern, instead);
        if (draft.equals(content)) {
            throw new AssertionError("nothing like " + pattern + " in " + key);
        }
        return draft.getBytes(StandardCharsets.UTF_8);
    }

    public int version(String key) {
        return tables.current(key).version();
    }

    @Override
    public void close() {
        var since = new ArrayList<>(deployments());
        since.removeAll(before);
        since.forEach(deployment -> repository.deleteDeployment(deployment, true));
        runtime.createProcessInstanceQuery()
                .processDefinitionKey(PolicyChange.KEY)
                .list()
                .forEach(instance -> runtime.deleteProcessInstance(instance.getId(), "the test is over"));
        jdbc.sql("""
                        update policy_proposal set state = 'withdrawn', version = null, ended_why = 'the test is over'
                         where version is not null or state in ('proposed', 'waiting', 'approved')""").update();
        jdbc.sql("delete from policy_pin").update();
        jdbc.sql("delete from policy_effect where effect is null").update();
    }

    /** The newest proposal by somebody. */
    public ProposalId of(String author) {
        return new ProposalId(
                jdbc.sql("select id from policy_proposal where author = ? order by proposed_at desc, id desc limit 1")
                        .param(author)
                        .query(String.class)
                        .single());
    }
}
