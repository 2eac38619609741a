package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.engine.OpenChanges;
import org.patchboard.lifecycle.model.PatchChange;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class OpenChangesTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    OpenChanges rule;

    @Autowired
    ChangeProcesses processes;

    @Autowired
    Changes changes;

    @Autowired
    Duties duties;

    @Autowired
    Receipts receipts;

    @Autowired
    RuntimeService runtime;

    @Autowired
    TestPeople people;

    @Autowired
    JdbcClient jdbc;

    private Scene scene;

    @BeforeEach
    void setTheScene() {
        scene = new Scene(context);
    }

    private Optional<ChangeId> opened() {
        rule.open();
        return changes.openFor(scene.advisory(), scene.group);
    }

    private void found(String severity, String fixed) {
        scene.finding(scene.host("web1", "production", "internal"), severity, fixed);
    }

    private ChangeId byHand(Actor requester) {
        return processes.open(scene.advisory(), scene.group, "Update it", "I ask for it.", requester);
    }

    @Test
    void opensOneChangeForAGroupWithAllItsHosts() {
        scene.affected("web1", "web2");
        var change = opened().orElseThrow();
        assertThat(changes.scopeOf(change)).hasSize(2);
        assertThat(changes.get(change).cves()).containsExactly(scene.cve);
        assertThat(changes.get(change).requester()).isEqualTo("rule:findings");
        assertThat(duties.held(change)).as("a rule holds no duty").isEmpty();
        assertThat(runtime.createProcessInstanceQuery()
                        .processInstanceBusinessKey(change.value())
                        .processDefinitionKey(PatchChange.KEY)
                        .count())
                .isEqualTo(1);
        assertThat(jdbc.sql("select distinct change_id from finding where package = ?")
                        .param(scene.software)
                        .query(String.class)
                        .list())
                .containsExactly(change.value());
    }

    @Test
    void leavesAReceiptOfTheRuleThatOpenedIt() {
        found("critical", Scene.FIXED);
        var change = opened().orElseThrow();
        assertThat(receipts.of(change)).singleElement().satisfies(receipt -> {
            assertThat(receipt.decision()).isEqualTo("change-opening");
            assertThat(receipt.rules().get(0).description()).startsWith("Rated critical");
            assertThat(receipts.holds(change, receipt.id())).isTrue();
        });
    }

    @Test
    void opensNothingTwice() {
        found("high", Scene.FIXED);
        var change = opened().orElseThrow();
        rule.open();
        assertThat(jdbc.sql("select id from change_record where advisory = ?")
                        .param(scene.advisory())
                        .query(String.class)
                        .list())
                .containsExactly(change.value());
    }

    @Test
    void leavesWhatIsRatedLowerToPeople() {
        found("medium", Scene.FIXED);
        assertThat(opened()).isEmpty();
    }

    @Test
    void opensForWhatIsExploitedWhateverItsRating() {
        found("low", Scene.FIXED);
        scene.knownExploited();
        assertThat(opened()).isPresent();
    }

    @Test
    void opensNothingWithoutAFix() {
        found("critical", null);
        assertThat(opened()).isEmpty();
    }

    @Test
    void makesThePersonWhoAsksTheRequester() {
        found("medium", Scene.FIXED);
        var login = people.someone("patch-coordinator");
        var change = byHand(Actor.person(login));
        assertThat(duties.held(change))
                .extracting(Duties.Held::login, Duties.Held::duty)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(login, Duty.REQUEST));
        assertThat(changes.get(change).state()).isEqualTo(ChangeState.TRIAGE);
    }

    @Test
    void refusesASecondOpenChangeForTheSame() {
        found("high", Scene.FIXED);
        var first = byHand(Actor.system("test"));
        assertThatThrownBy(() -> byHand(Actor.system("test")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(first.value());
    }

    @Test
    void refusesAChangeThatWouldCureNothing() {
        scene.host("web1", "production", "internal");
        assertThatThrownBy(() -> byHand(Actor.system("test"))).isInstanceOf(Refusal.class);
    }

    @Test
    void aRecordMovesOnlyWhereItsStateLeads() {
        found("high", Scene.FIXED);
        var change = scene.record();
        var actor = Actor.system("test");
        assertThatThrownBy(() -> changes.moveTo(change, ChangeState.ROLLING_OUT, actor))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("does not go to rolling-out");
        changes.moveTo(change, ChangeState.PLANNING, actor);
        assertThat(scene.deeds(change)).containsExactly("change-opened", "state-changed");
        changes.close(change, "withdrawn", actor);
        assertThatThrownBy(() -> changes.moveTo(change, ChangeState.PLANNING, actor))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> changes.close(change, "completed", actor)).isInstanceOf(Refusal.class);
    }
}
