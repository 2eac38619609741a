package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.audit.Checkpoints;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

@PatchboardTest
class PagesTest {

    @Autowired
    WebApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    Changes changes;

    @Autowired
    Checkpoints checkpoints;

    @Autowired
    JdbcClient jdbc;

    private MockMvc browser;

    @BeforeEach
    void open() {
        browser = MockMvcBuilders.webAppContextSetup(context)
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/changes", "/assets", "/findings", "/notifications", "/people/me"})
    void everybodySignedInSees(String path) throws Exception {
        browser.perform(get(path).with(user(people.someone("tester"))))
                .andExpect(status().isOk())
                .andExpect(header().string(
                                "Content-Security-Policy", org.hamcrest.Matchers.containsString("script-src 'self'")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/changes", "/assets", "/audit", "/people"})
    void aStrangerIsSentToTheDoor(String path) throws Exception {
        browser.perform(get(path).accept(org.springframework.http.MediaType.TEXT_HTML))
                .andExpect(status().is3xxRedirection());
    }

    @Test
    void anAuditorTakesTheNewestCheckpointAway() throws Exception {
        var made = checkpoints.make();
        var page = "/api/v1/audit/checkpoints/" + made.number();
        var auditor = people.someone("auditor");
        browser.perform(get("/audit").with(user(auditor)))
                .andExpect(content().string(org.hamcrest.Matchers.containsString(page)));
        browser.perform(get(page).with(user(auditor))).andExpect(content().string(checkpoints.file(made.number())));
        browser.perform(get(page).with(user(people.someone("cab")))).andExpect(status().isForbidden());
    }

    @Test
    void onlyAuditorsReadTheTrailAndTheirReadingIsRecorded() throws Exception {
        browser.perform(get("/audit").with(user(people.someone("cab")))).andExpect(status().isForbidden());
        var auditor = people.someone("auditor");
        browser.perform(get("/audit").with(user(auditor))).andExpect(status().isOk());
        assertThat(jdbc.sql("select count(*) from audit_entry where actor = ? and action = 'audit-read'")
                        .param(auditor)
                        .query(Long.class)
                        .single())
                .isOne();
    }

    @Test
    void aChangeTellsItsStoryAndEscapesWhatPeopleTyped() throws Exception {
        var group = "g" + UUID.randomUUID().toString().substring(0, 8);
        jdbc.sql("insert into maintenance_group values (?, ?, 'nobody', 'UTC', 'simulator', 'simulator')")
                .params(group, group)
                .update();
        var asset = jdbc.sql("""
                        insert into asset (name, kind, maintenance_group, source, first_seen, last_seen, changed_at)
                        values (?, 'server', ?, 'test', now(), now(), now()) returning id""").params(group + "-1", group).query(Long.class).single();
        var opener = people.someone("vulnerability-analyst");
        var change = changes.open(
                new NewChange(
                        "deb/openssl",
                        List.of("CVE-2099-1111"),
                        group,
                        "<script>alert(1)</script> openssl",
                        "because",
                        List.of(new NewChange.Scoped(new AssetId(asset), "deb", "openssl", "1.0", "1.1"))),
                Actor.person(opener));
        var page = browser.perform(get("/changes/" + change).with(user(people.someone("cab"))))
                .andExpect(status().isOk())
                .andReturn()
                .getResponse()
                .getContentAsString();
        assertThat(page)
                .contains(
                        "&lt;script&gt;alert(1)&lt;/script&gt;",
                        "CVE-2099-1111",
                        group + "-1",
                        "change-opened",
                        "Test " + opener + ", ")
                .doesNotContain("<script>alert(1)");
        browser.perform(get("/changes/CHG-999999").with(user(people.someone("cab"))))
                .andExpect(status().isNotFound());
    }
}
