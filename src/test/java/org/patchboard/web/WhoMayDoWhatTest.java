package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.flash;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrl;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.redirectedUrlPattern;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.util.UUID;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.audit.Seals;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.process.Scene;
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

/** Each button of the pages, pressed by those who may and by those who may not. */
@PatchboardTest
class WhoMayDoWhatTest {

    @Autowired
    WebApplicationContext web;

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    People directoryOfPeople;

    @Autowired
    Directory directory;

    @Autowired
    Seals seals;

    @Autowired
    JdbcClient jdbc;

    private MockMvc browser;

    @BeforeEach
    void open() {
        browser = MockMvcBuilders.webAppContextSetup(web)
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
    }

    private ResultActions as(String login, MockHttpServletRequestBuilder request) throws Exception {
        return browser.perform(request.with(user(login)).with(csrf()).accept(MediaType.TEXT_HTML));
    }

    @Test
    void everyFormNeedsItsOwnToken() throws Exception {
        browser.perform(post("/people/me/tokens").param("name", "x").with(user(people.someone("tester"))))
                .andExpect(status().isForbidden());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/calendar",
                "/calendar?month=2027-02",
                "/exceptions",
                "/policies",
                "/reports",
                "/reports?from=2026-01-01&to=2026-02-01",
                "/changes"
            })
    void everybodySignedInReads(String path) throws Exception {
        as(people.someone("auditor"), get(path)).andExpect(status().isOk());
    }

    @Test
    void whoMayNotReadsASentence() throws Exception {
        as(people.someone("tester"), get("/people"))
                .andExpect(status().isForbidden())
                .andExpect(content().string(Matchers.containsString("Only an administrator keeps people")));
        as(people.someone("tester"), get("/changes/new"))
                .andExpect(status().isForbidden())
                .andExpect(content().string(Matchers.containsString("ask for changes")));
    }

    @Test
    void anAddressThatLeadsNowhereIsAPageForAPersonAndAProblemForAScript() throws Exception {
        as(people.someone("tester"), get("/nowhere"))
                .andExpect(status().isNotFound())
                .andExpect(content().string(Matchers.containsString("There is no page at this address.")));
        browser.perform(get("/nowhere").with(user(people.someone("tester"))).accept(MediaType.APPLICATION_JSON))
                .andExpect(status().isNotFound())
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON));
        as(people.someone("tester"), get("/calendar?month=never")).andExpect(status().isBadRequest());
        as(people.someone("tester"), get("/vulnerabilities/CVE-1999-0000")).andExpect(status().isNotFound());
    }

    @Test
    void anAnalystOpensAChangeFromAFinding() throws Exception {
        var scene = new Scene(context).affected("web1");
        var ana = people.someone("vulnerability-analyst");
        as(ana, get("/changes/new"))
                .andExpect(status().isOk())
                .andExpect(content().string(Matchers.containsString(scene.group + "|" + scene.advisory())));
        as(
                        ana,
                        post("/changes")
                                .param("what", scene.group + "|" + scene.advisory())
                                .param("reason", "the vendor urges it"))
                .andExpect(redirectedUrlPattern("/changes/CHG-*"));
        assertThat(jdbc.sql("select title from change_record where maintenance_group = ? and requester = ?")
                        .params(scene.group, ana)
                        .query(String.class)
                        .single())
                .isEqualTo("Update " + scene.software + " for " + scene.group);
        as(
                        ana,
                        post("/changes")
                                .param("what", scene.group + "|" + scene.advisory())
                                .param("reason", "again"))
                .andExpect(redirectedUrl("/changes/new"))
                .andExpect(flash().attribute("note", Matchers.containsString("already carries")));
        as(ana, post("/changes").param("what", "").param("reason", "x"))
                .andExpect(flash().attribute("note", Matchers.containsString("Choose what")));
        as(
                        people.someone("cab"),
                        post("/changes")
                                .param("what", scene.group + "|" + scene.advisory())
                                .param("reason", "x"))
                .andExpect(status().isForbidden());
    }

    @Test
    void onlyThoseOnCallAndChangeManagersAreOfferedToHalt() throws Exception {
        var change = new Scene(context).affected("web1").record();
        jdbc.sql("update change_record set state = 'rolling-out' where id = ?")
                .param(change.value())
                .update();
        as(people.someone("on-call"), get("/changes/" + change))
                .andExpect(content().string(Matchers.containsString("Halt the roll-out")));
        as(people.someone("tester"), get("/changes/" + change))
                .andExpect(content().string(Matchers.not(Matchers.containsString("Halt the roll-out"))));
        as(people.someone("tester"), post("/changes/" + change + "/halt").param("reason", "smoke"))
                .andExpect(status().isForbidden())
                .andExpect(content().string(Matchers.containsString("on call")));
        as(people.someone("on-call"), post("/changes/" + change + "/halt").param("reason", "smoke"))
                .andExpect(redirectedUrl("/changes/" + change))
                .andExpect(flash().attribute("note", Matchers.containsString("No ring")));
        as(people.someone("on-call"), post("/changes/" + change + "/roll-back").param("reason", "smoke"))
                .andExpect(flash().attribute("note", Matchers.containsString("No ring")));
    }

    @Test
    void theBundleIsThereOnceTheChangeIsSealed() throws Exception {
        var change = new Scene(context).affected("web1").record();
        var reader = people.someone("auditor");
        as(reader, get("/changes/" + change + "/evidence")).andExpect(status().isNotFound());
        as(reader, get("/changes/" + change))
                .andExpect(content().string(Matchers.not(Matchers.containsString("Evidence bundle"))));
        seals.seal(change);
        as(reader, get("/changes/" + change)).andExpect(content().string(Matchers.containsString("Evidence bundle")));
        as(reader, get("/changes/" + change + "/evidence"))
                .andExpect(status().isOk())
                .andExpect(header().string("Content-Disposition", Matchers.containsString(change + ".zip")));
    }

    @Test
    void anAdministratorKeepsPeopleAndNobodyElseDoes() throws Exception {
        var root = people.someone("camunda-admin");
        var login = "p" + UUID.randomUUID().toString().substring(0, 8);
        as(
                        root,
                        post("/people")
                                .param("login", login)
                                .param("name", "Pat")
                                .param("mail", "pat@example.test")
                                .param("zone", ""))
                .andExpect(status().isOk())
                .andExpect(content().string(Matchers.containsString("can sign in once with the password")));
        as(
                        root,
                        post("/people/" + login + "/memberships")
                                .param("team", "tester")
                                .param("to", "2099-01-01T00:00"))
                .andExpect(redirectedUrl("/people/" + login))
                .andExpect(flash().attribute("noteBad", false));
        assertThat(directory.memberships(login))
                .singleElement()
                .satisfies(membership -> assertThat(membership.to()).isEqualTo("2098-12-31T23:00:00Z"));
        as(root, post("/people/" + login + "/memberships/tester/end")).andExpect(flash().attribute("noteBad", false));
        assertThat(directory.memberships(login)).isEmpty();
        as(
                        root,
                        post("/people/" + login + "/memberships")
                                .param("team", "tester")
                                .param("from", "2099-01-02T00:00")
                                .param("to", "2099-01-01T00:00"))
                .andExpect(flash().attribute("noteBad", true));
        as(root, post("/people/" + login + "/disable")).andExpect(flash().attribute("noteBad", false));
        assertThat(directoryOfPeople.person(login)).isEmpty();
        as(root, post("/people/" + login + "/enable")).andExpect(flash().attribute("noteBad", false));
        as(root, post("/people/" + root + "/memberships").param("team", "cab"))
                .andExpect(status().isForbidden())
                .andExpect(content().string(Matchers.containsString("to themselves")));

        var tester = people.someone("tester");
        for (var path : new String[] {
            "/people/" + login + "/memberships",
            "/people/" + login + "/memberships/tester/end",
            "/people/" + login + "/disable",
            "/people/" + login + "/enable",
            "/people/" + login + "/password"
        }) {
            as(tester, post(path).param("team", "cab")).andExpect(status().isForbidden());
        }
    }

    @Test
    void oneRecordsASubstituteForOneselfAndTakesBackATokenOfOnesOwn() throws Exception {
        var olga = people.someone("asset-owner");
        var other = people.someone("asset-owner");
        as(
                        olga,
                        post("/people/me/substitutions")
                                .param("substitute", other)
                                .param("from", "2099-01-01T08:00")
                                .param("to", "2099-01-10T18:00"))
                .andExpect(redirectedUrl("/people/me"))
                .andExpect(flash().attribute("noteBad", false));
        var recorded = directory.substitutions(olga).get(0);
        assertThat(recorded.substitute()).isEqualTo(other);
        assertThat(recorded.approvedBy()).isNull();
        var approve = "/people/" + olga + "/substitutions/" + recorded.id() + "/approve";
        as(olga, post(approve)).andExpect(status().isForbidden());
        as(people.someone("camunda-admin"), post(approve)).andExpect(flash().attribute("noteBad", false));
        assertThat(directory.substitutions(olga).get(0).approvedBy()).isNotNull();
        as(
                        olga,
                        post("/people/me/substitutions")
                                .param("substitute", other)
                                .param("from", "tomorrow")
                                .param("to", "2099-01-10T18:00"))
                .andExpect(flash().attribute("noteBad", true));
        as(olga, post("/people/me/tokens").param("name", "backup"))
                .andExpect(content().string(Matchers.containsString("pbt_")));
        var token = jdbc.sql("select t.id from api_token t join person p on p.id = t.person where p.login = ?")
                .param(olga)
                .query(Long.class)
                .single();
        as(other, post("/people/me/tokens/" + token + "/revoke")).andExpect(status().isNotFound());
        as(olga, post("/people/me/tokens/" + token + "/revoke")).andExpect(flash().attribute("noteBad", false));
    }

    @Test
    void onlyAnAdministratorSendsADeadMessageAgainAndOnlyADeadOne() throws Exception {
        var id = UUID.randomUUID();
        jdbc.sql("""
                        insert into outbox (id, template, recipient, recipient_name, recipient_mail, subject, text_body, html_body,
                                            state, attempts, last_error, dedupe_key, created_at)
                        values (?, 'outcome', 'someone', 'Someone', 'someone@example.test', 'Subject', 'text', 'html',
                                'dead', 12, '550', ?, now())""").params(id, "dead-" + id).update();
        var root = people.someone("camunda-admin");
        as(people.someone("auditor"), post("/notifications/" + id + "/resend")).andExpect(status().isForbidden());
        as(root, get("/notifications?state=dead"))
                .andExpect(content().string(Matchers.containsString("/notifications/" + id + "/resend")));
        as(root, post("/notifications/" + id + "/resend")).andExpect(flash().attribute("noteBad", false));
        assertThat(jdbc.sql("select count(*) from audit_entry where actor = ? and action = 'message-resent'")
                        .param(root)
                        .query(Long.class)
                        .single())
                .isOne();
        as(root, post("/notifications/" + id + "/resend"))
                .andExpect(flash().attribute("note", Matchers.containsString("Only a message that was given up")));
    }

    @Test
    void figuresCanBeTakenAway() throws Exception {
        as(people.someone("auditor"), get("/reports.csv"))
                .andExpect(status().isOk())
                .andExpect(header().string("Content-Disposition", Matchers.containsString(".csv")))
                .andExpect(content().string(Matchers.startsWith("figure,of,value")));
        as(people.someone("auditor"), get("/calendar.ics"))
                .andExpect(content().string(Matchers.startsWith("BEGIN:VCALENDAR")));
    }

    @Test
    void decisionTablesAreReadAsTheyDecide() throws Exception {
        as(people.someone("tester"), get("/policies"))
                .andExpect(content()
                        .string(Matchers.allOf(
                                Matchers.containsString("Exploited in the wild and reachable from public networks"),
                                Matchers.containsString("PCI DSS 4.0.1, requirement 6.3.3"))));
    }
}
