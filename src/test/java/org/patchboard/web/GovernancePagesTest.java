package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.flash;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrlPattern;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.approval.BreakGlass;
import org.patchboard.approval.Licences;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.model.RiskException;
import org.patchboard.lifecycle.process.Governed;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

/** What governs, done and read on pages: broken glass, exceptions, licences, substitutions, the kill switch. */
@PatchboardTest
class GovernancePagesTest {

    private static final Instant NOW = Instant.parse("2028-05-01T09:00:00Z");

    @Autowired
    WebApplicationContext web;

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    People members;

    @Autowired
    Directory directory;

    @Autowired
    RuntimeService runtime;

    @Autowired
    BreakGlass glasses;

    @Autowired
    Licences licences;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    private MockMvc browser;

    @BeforeEach
    void open() {
        clock.set(NOW);
        browser = MockMvcBuilders.webAppContextSetup(web)
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
    }

    private ResultActions as(String login, MockHttpServletRequestBuilder request) throws Exception {
        return browser.perform(request.with(user(login)).with(csrf()).accept(MediaType.TEXT_HTML));
    }

    private Governed undecidedEmergency() {
        var governed = new Governed(context).classified("testing", "emergency", "high");
        governed.signedOff("pass");
        people.someone("ecab");
        runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, governed.change.value());
        var walk = new ProcessWalk(context, governed.change);
        walk.jobs();
        clock.forward(Duration.ofHours(1));
        walk.timer("BoundaryEvent_DeadlinePassed");
        return governed;
    }

    private static MockHttpServletRequestBuilder glass(ChangeId change, String password) {
        return post("/changes/" + change + "/break-glass")
                .param("reason", "a worm is on the loose")
                .param("incident", "INC-4711")
                .param("password", password);
    }

    @Test
    void twoPeopleBreakTheGlassOnThePageOfTheChange() throws Exception {
        var governed = undecidedEmergency();
        var change = governed.change;
        var page = "/changes/" + change;
        var ona = people.someoneWithPassword("on-call");
        var sami = people.someoneWithPassword("security-representative");
        as(ona, get(page))
                .andExpect(content().string(containsString("Exactly plan 1, 3 hosts, for four hours")))
                .andExpect(content().string(containsString("people are told at once")))
                .andExpect(content().string(containsString("Your password, again")));
        as(ona, glass(change, "not my password"))
                .andExpect(flash().attribute("note", containsString("not your password")));
        assertThat(glasses.latest(change)).isEmpty();
        as(ona, glass(change, TestPeople.PASSWORD))
                .andExpect(redirectedUrl(page))
                .andExpect(flash().attribute("noteBad", false));
        new ProcessWalk(context, change).jobs();
        as(ona, get(page))
                .andExpect(content().string(containsString("waits for a second person")))
                .andExpect(content().string(containsString("INC-4711")))
                .andExpect(content().string(not(containsString("Your password, again"))));
        as(sami, get(page)).andExpect(content().string(containsString("Confirm: go ahead without an approval")));
        as(sami, glass(change, TestPeople.PASSWORD)).andExpect(flash().attribute("noteBad", false));
        new ProcessWalk(context, change).jobs();
        assertThat(glasses.latest(change).orElseThrow().confirmedBy()).isEqualTo(sami);
        as(people.someone("auditor"), get(page))
                .andExpect(content().string(containsString("The glass was broken")))
                .andExpect(content().string(containsString("Nobody has judged it yet")));
    }

    @Test
    void whoIsNotOnTheRosterIsOfferedNothingAndTheAttemptIsRecorded() throws Exception {
        var change = undecidedEmergency().change;
        var carl = people.someoneWithPassword("patch-coordinator");
        as(carl, get("/changes/" + change)).andExpect(content().string(not(containsString("Your password, again"))));
        as(carl, glass(change, TestPeople.PASSWORD))
                .andExpect(status().isForbidden())
                .andExpect(content().string(containsString("Only the emergency roster")));
        assertThat(attempts(carl)).isEqualTo(1);
        assertThat(glasses.latest(change)).isEmpty();
    }

    @Test
    void anOrdinaryChangeOffersNoGlass() throws Exception {
        var change = new Scene(context).affected("web1").record();
        var ona = people.someoneWithPassword("on-call");
        as(ona, get("/changes/" + change)).andExpect(content().string(not(containsString("Break the glass"))));
        as(ona, glass(change, TestPeople.PASSWORD))
                .andExpect(flash().attribute("note", containsString("Only an emergency")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/changes/CHG-000001/break-glass",
                "/exceptions",
                "/exceptions/1/revoke",
                "/licences",
                "/licences/1/votes",
                "/kill-switch",
                "/kill-switch/lift",
                "/people/ana/substitutions/1/approve"
            })
    void noFormIsSentFromAnotherSite(String path) throws Exception {
        browser.perform(post(path).with(user(people.someone("on-call", "change-manager", "patch-coordinator", "cab"))))
                .andExpect(status().isForbidden());
    }

    @Test
    void anExceptionIsAskedForFollowedAndRevokedOnPages() throws Exception {
        var scene = new Scene(context).affected("web1", "web2");
        var change = scene.record();
        var carl = people.someone("patch-coordinator");
        as(carl, get("/exceptions/new")).andExpect(content().string(containsString(change.value())));
        as(carl, get("/exceptions/new").param("change", change.value()))
                .andExpect(content().string(containsString(scene.name("web1"))))
                .andExpect(content().string(containsString("component_not_present")));
        as(carl, asked(change).param("kind", "mitigation"))
                .andExpect(redirectedUrl("/exceptions/new?change=" + change))
                .andExpect(flash().attribute("noteBad", true));
        as(carl, asked(change).param("kind", "deferral").param("hosts", scene.name("web1")))
                .andExpect(redirectedUrlPattern("/exceptions/*"));
        var request = jdbc.sql("select id from exception_request where change_id = ?")
                .param(change.value())
                .query(Long.class)
                .single();
        as(carl, get("/exceptions")).andExpect(content().string(containsString("Asked for, not decided yet")));
        as(carl, get("/exceptions/" + request))
                .andExpect(content().string(containsString("waits for a decision")))
                .andExpect(content().string(containsString(scene.name("web1"))))
                .andExpect(content().string(containsString("exception-requested")));
        var walk = new ProcessWalk(context, change);
        walk.jobs();
        walk.done(
                RiskException.GIVE_OPINION,
                "security-representative",
                Map.of("opinion", "favourable", "text", "segmented"));
        walk.done(
                RiskException.DECIDE_EXCEPTION,
                "risk-owner",
                Map.of("decision", "accept", "until", "2028-05-08", "reason", "worth it"));
        var rita = people.someone("risk-owner");
        as(rita, get("/exceptions/" + request))
                .andExpect(content().string(containsString("in force, ends in")))
                .andExpect(content().string(containsString("segmented")))
                .andExpect(content().string(containsString("End it now")));
        as(carl, get("/exceptions/" + request)).andExpect(content().string(containsString("Ask to continue it")));
        as(carl, get("/exceptions/new").param("change", change.value()).param("renews", "" + request))
                .andExpect(content().string(containsString("continuing request " + request)));
        as(carl, post("/exceptions/" + request + "/revoke").param("reason", "mine"))
                .andExpect(status().isForbidden());
        as(rita, post("/exceptions/" + request + "/revoke").param("reason", "there is a build now"))
                .andExpect(flash().attribute("noteBad", false));
        as(rita, get("/exceptions/" + request))
                .andExpect(content().string(containsString("there is a build now")))
                .andExpect(content().string(not(containsString("End it now"))));
        as(rita, get("/exceptions/999999999")).andExpect(status().isNotFound());
    }

    @Test
    void aLargeChangeTakesNamesOfHostsInsteadOfABoxForEach() throws Exception {
        var names =
                IntStream.rangeClosed(1, 61).mapToObj(number -> "node" + number).toArray(String[]::new);
        var scene = new Scene(context).affected(names);
        var change = scene.record();
        var carl = people.someone("patch-coordinator");
        as(carl, get("/exceptions/new").param("change", change.value()))
                .andExpect(content().string(containsString("hostNames")))
                .andExpect(content().string(not(containsString("type=\"checkbox\" name=\"hosts\""))));
        as(
                        carl,
                        asked(change)
                                .param("kind", "deferral")
                                .param("hostNames", scene.name("node7") + "\r\n " + scene.name("node61")))
                .andExpect(redirectedUrlPattern("/exceptions/*"));
        assertThat(jdbc.sql("select cardinality(assets) from exception_request where change_id = ?")
                        .param(change.value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
        as(carl, asked(change).param("kind", "deferral").param("hostNames", "nobody"))
                .andExpect(flash().attribute("noteBad", true));
    }

    private static MockHttpServletRequestBuilder asked(ChangeId change) {
        return post("/exceptions")
                .param("change", change.value())
                .param("reason", "no window before")
                .param("until", "2028-05-09");
    }

    @Test
    void onlyThoseConcernedAskForAnException() throws Exception {
        var change = new Scene(context).affected("web1").record();
        var vera = people.someone("verifier");
        as(vera, get("/exceptions/new")).andExpect(status().isForbidden());
        as(vera, asked(change).param("kind", "deferral")).andExpect(status().isForbidden());
        assertThat(attempts(vera)).isEqualTo(2);
        as(vera, get("/exceptions")).andExpect(content().string(not(containsString("/exceptions/new"))));
    }

    @Test
    void aLicenceIsProposedAndVotedOnOnItsPage() throws Exception {
        var model = new Governed(context).classified("review", "normal", "high");
        model.approved(people.someone("cab"));
        jdbc.sql("update change_record set state = 'closed', outcome = 'completed', closed_at = ? where id = ?")
                .params(java.sql.Timestamp.from(NOW), model.change.value())
                .update();
        var carl = people.someone("patch-coordinator");
        as(carl, get("/changes/" + model.change))
                .andExpect(content().string(containsString("A licence: changes like this")));
        as(
                        carl,
                        post("/licences")
                                .param("change", model.change.value())
                                .param("uses", "5")
                                .param("until", "never"))
                .andExpect(flash().attribute("note", containsString("as a day")));
        as(
                        carl,
                        post("/licences")
                                .param("change", model.change.value())
                                .param("uses", "5")
                                .param("until", "2028-12-31"))
                .andExpect(flash().attribute("note", containsString("It is proposed")));
        var licence = licences.all().stream()
                .filter(one -> one.model().equals(model.change))
                .findFirst()
                .orElseThrow();
        var vote = "/licences/" + licence.id() + "/votes";
        as(carl, get("/licences"))
                .andExpect(content().string(containsString("0 of 5")))
                .andExpect(content().string(not(containsString("Approve the licence for " + licence.advisory()))));
        as(carl, post(vote).param("decision", "approve")).andExpect(status().isForbidden());
        as(people.someone("cab"), post(vote).param("decision", "reject"))
                .andExpect(flash().attribute("note", containsString("Say why")));
        for (var voter : new String[] {"cab", "cab", "security-representative"}) {
            as(people.someone(voter), post(vote).param("decision", "approve"))
                    .andExpect(flash().attribute("noteBad", false));
        }
        assertThat(licences.get(licence.id()).state()).isEqualTo("live");
        licences.use(licences.get(licence.id()), model.change);
        licences.suspend(model.change, "it was rolled back");
        as(people.someone("auditor"), get("/licences"))
                .andExpect(content().string(containsString("suspended")))
                .andExpect(content().string(containsString("it was rolled back")))
                .andExpect(content().string(not(containsString("Propose a licence"))));
    }

    @Test
    void aChangeManagerApprovesASubstitutionOfOthers() throws Exception {
        var absent = people.someone("cab");
        var substitute = people.someone("tester");
        var maya = people.someone("change-manager");
        directory.substitute(absent, substitute, NOW, NOW.plus(Duration.ofDays(3)), Actor.person(absent));
        var id = directory.substitutions(absent).get(0).id();
        var approve = "/people/" + absent + "/substitutions/" + id + "/approve";
        as(people.someone("cab"), get("/substitutions")).andExpect(status().isForbidden());
        as(people.someone("cab"), post(approve)).andExpect(status().isForbidden());
        as(maya, get("/")).andExpect(content().string(containsString("/substitutions")));
        as(maya, get("/substitutions"))
                .andExpect(content().string(containsString("Approve: Test " + substitute + " for Test " + absent)));
        as(maya, post(approve).param("from", "all")).andExpect(redirectedUrl("/substitutions"));
        assertThat(members.isMember(substitute, "cab")).isTrue();
        as(maya, get("/substitutions")).andExpect(content().string(containsString("by Test " + maya)));
    }

    @Test
    void nobodyApprovesASubstitutionOfTheirOwn() throws Exception {
        var maya = people.someone("change-manager");
        var substitute = people.someone("tester");
        directory.substitute(maya, substitute, NOW, NOW.plus(Duration.ofDays(3)), Actor.person(maya));
        var id = directory.substitutions(maya).get(0).id();
        as(maya, get("/substitutions")).andExpect(content().string(not(containsString("for " + maya + "\">Approve"))));
        as(maya, post("/people/" + maya + "/substitutions/" + id + "/approve").param("from", "all"))
                .andExpect(status().isForbidden());
    }

    @Test
    void theKillSwitchIsPulledOnAPageAndReadOnEveryOther() throws Exception {
        var ona = people.someone("on-call");
        var tess = people.someone("tester");
        as(tess, get("/kill-switch")).andExpect(content().string(not(containsString("Stop every roll-out"))));
        as(tess, post("/kill-switch").param("reason", "x")).andExpect(status().isForbidden());
        as(ona, post("/kill-switch").param("reason", ""))
                .andExpect(flash().attribute("note", containsString("Say why")));
        as(ona, post("/kill-switch").param("reason", "smoke in the room"))
                .andExpect(flash().attribute("noteBad", false));
        try {
            as(tess, get("/changes")).andExpect(content().string(containsString("smoke in the room")));
            as(ona, get("/kill-switch")).andExpect(content().string(containsString("Let roll-outs go on")));
            as(ona, post("/kill-switch/lift").param("reason", "mine")).andExpect(status().isForbidden());
        } finally {
            as(people.someone("change-manager"), post("/kill-switch/lift").param("reason", "it was toast"))
                    .andExpect(flash().attribute("noteBad", false));
        }
        as(tess, get("/changes")).andExpect(content().string(not(containsString("smoke in the room"))));
        as(tess, get("/kill-switch")).andExpect(content().string(containsString("it was toast")));
    }

    private long attempts(String login) {
        return jdbc.sql("select count(*) from audit_entry where actor = ? and action = 'attempt-refused'")
                .param(login)
                .query(Long.class)
                .single();
    }
}
