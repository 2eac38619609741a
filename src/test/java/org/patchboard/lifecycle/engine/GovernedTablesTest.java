package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.RepositoryService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.model.PolicyChange;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.lifecycle.process.Tables;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Which table decides after a start, and what is done about one that nobody approved. */
@PatchboardTest
class GovernedTablesTest {

    private static final String TABLE = "deadline-pci-dss-4-0-1";

    @Autowired
    ApplicationContext context;

    @Autowired
    ModelDeployer deployer;

    @Autowired
    PolicyProcesses policies;

    @Autowired
    PolicyProposals proposals;

    @Autowired
    RepositoryService repository;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    TestPeople people;

    @Autowired
    JdbcClient jdbc;

    private Tables tables;
    private ProposalId id;

    @BeforeEach
    void remember() {
        tables = new Tables(context);
    }

    @AfterEach
    void restore() {
        tables.close();
    }

    private void govern() {
        id = policies.propose(
                TABLE,
                tables.draft(TABLE, "(<rule [^>]*><description>)", "$1Since the audit: "),
                "The auditor reads it otherwise.",
                "pin",
                Actor.person(people.someone("policy-author")));
        new ProcessWalk(context, id)
                .jobs()
                .done(PolicyChange.DECIDE_POLICY, "policy-approver", Map.of("decision", "approve", "comment", ""));
        assertThat(proposals.get(id).state()).isEqualTo("in-force");
    }

    @Test
    void aGovernedTableSurvivesARestartWithoutANewVersion() throws Exception {
        govern();
        var version = tables.version(TABLE);
        assertThat(version).isEqualTo(proposals.get(id).version());
        var deployments = repository.createDeploymentQuery().count();
        deployer.afterSingletonsInstantiated();
        deployer.afterSingletonsInstantiated();
        assertThat(tables.version(TABLE)).isEqualTo(version);
        assertThat(repository.createDeploymentQuery().count()).isEqualTo(deployments);
        assertThat(deployer.strangers()).isEmpty();
    }

    @Test
    void aBuildThatBringsSomethingNewWinsOnRecordAndAnOlderOneDoesNot() {
        govern();
        var built = tables.draft(TABLE, "Since the audit: ", "By the next build: ");
        var older = jdbc.sql("select digest from policy_built where decision = ?")
                .param(TABLE)
                .query(String.class)
                .list();
        assertThat(older).isNotEmpty();
        assertThat(inForce(original())).isEqualTo(proposals.dmn(id));
        assertThat(proposals.get(id).state()).isEqualTo("in-force");
        assertThat(inForce(built)).isEqualTo(built);
        assertThat(proposals.get(id).state()).isEqualTo("superseded");
        assertThat(proposals.get(id).endedWhy()).contains("build");
        assertThat(jdbc.sql("select action from audit_entry where chain = ?")
                        .param(id.value())
                        .query(String.class)
                        .list())
                .contains("policy-superseded");
        jdbc.sql("delete from policy_built where decision = ? and digest <> all(?)")
                .params(TABLE, older.toArray(String[]::new))
                .update();
    }

    private byte[] inForce(byte[] built) {
        return transaction.execute(status -> proposals.inForce(TABLE, built));
    }

    private byte[] original() {
        return tables.draft(TABLE, "Since the audit: ", "");
    }

    @Test
    void aTableThatNobodyApprovedIsFoundAndTheHouseDoesNotStart() throws Exception {
        repository
                .createDeployment()
                .name("by hand")
                .addInputStream(
                        "processes/" + TABLE + ".dmn",
                        new ByteArrayInputStream(tables.draft(TABLE, "(<rule [^>]*><description>)", "$1By hand: ")))
                .deploy();
        assertThat(deployer.strangers()).singleElement().asString().startsWith(TABLE + " version");
        assertThatThrownBy(() -> deployer.afterSingletonsInstantiated())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(TABLE);
    }

    @Test
    void theDatabaseRefusesAnEditedProposalAndOneApprovedByItsAuthor() {
        govern();
        for (var edit :
                List.of("reason = 'another'", "dmn = 'x'", "open_changes = 're-approve'", "base_version = 99")) {
            assertThatThrownBy(() -> jdbc.sql("update policy_proposal set " + edit + " where id = ?")
                            .param(id.value())
                            .update())
                    .isInstanceOf(DataIntegrityViolationException.class)
                    .hasMessageContaining("is not edited");
        }
        assertThatThrownBy(() -> jdbc.sql("update policy_proposal set decided_by = author where id = ?")
                        .param(id.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }
}
