package org.patchboard.exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.rollout.Estate;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class RiskExceptionsTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    RiskExceptions exceptions;

    @Autowired
    JdbcClient jdbc;

    private Estate estate;
    private ChangeId change;

    @BeforeEach
    void openAChange() {
        estate = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "a");
        change = estate.change(people.someone("patch-coordinator"));
    }

    private long accept(String requester, String accepter, Duration length) {
        return exceptions.accept(
                change,
                estate.asset("a"),
                "risk-acceptance",
                "no spare",
                "isolated",
                requester,
                clock.instant().plus(length),
                Actor.person(accepter));
    }

    @Test
    void isNotAcceptedByWhoAskedForIt() {
        assertThatThrownBy(() -> accept("ana", "ana", Duration.ofDays(1))).isInstanceOf(Refusal.class);
        var request = exceptions.request(change, List.of(estate.asset("a")), "no spare", "", Actor.person("ana"));
        assertThat(request).isPositive();
        var open = exceptions.open(change).orElseThrow();
        assertThatThrownBy(() -> exceptions.refuse(open, "no", Actor.person("ana")))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void lastsNoLongerThanThePriorityAllows() {
        assertThatThrownBy(() -> accept("ana", "ben", Duration.ofDays(31)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("at the latest");
        assertThatThrownBy(() -> accept("ana", "ben", Duration.ZERO)).isInstanceOf(Refusal.class);
        accept("ana", "ben", Duration.ofDays(30));
        jdbc.sql("update change_record set priority = 'critical' where id = ?")
                .param(change.value())
                .update();
        assertThatThrownBy(() -> accept("ana", "ben", Duration.ofDays(15))).isInstanceOf(Refusal.class);
    }

    @Test
    void endsByItselfAndTellsPeople() {
        var accepter = people.someone("risk-owner");
        accept("ana", accepter, Duration.ofDays(2));
        assertThat(exceptions.inForce(change)).hasSize(1);
        clock.forward(Duration.ofDays(3));
        assertThat(exceptions.inForce(change)).isEmpty();
        exceptions.expire();
        assertThat(exceptions.of(change).get(0).endedAt()).isNotNull();
        assertThat(jdbc.sql("""
                        select count(*) from outbox where change_id = ? and template = 'exception-expired'
                           and recipient = ?""")
                        .params(change.value(), accepter)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        assertThat(jdbc.sql("select count(*) from audit_entry where change_id = ? and action = 'exception-expired'")
                        .param(change.value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        exceptions.expire();
        assertThat(jdbc.sql("select count(*) from audit_entry where change_id = ? and action = 'exception-expired'")
                        .param(change.value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void canBeEndedBeforeItsTime() {
        var id = accept("ana", "ben", Duration.ofDays(2));
        exceptions.end(id, Actor.person("ben"), "the control failed");
        assertThat(exceptions.inForce(change)).isEmpty();
        assertThatThrownBy(() -> exceptions.end(id, Actor.person("ben"), "again"))
                .isInstanceOf(Refusal.class);
    }
}
