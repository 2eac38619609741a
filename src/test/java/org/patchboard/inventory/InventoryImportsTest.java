package org.patchboard.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class InventoryImportsTest {

    private static final Actor ACTOR = Actor.system("test");

    @Autowired
    InventoryImports imports;

    @Autowired
    JdbcClient jdbc;

    private final String host = "inv-" + UUID.randomUUID();

    private ImportCounts csv(String text) {
        return imports.importFile("csv", bytes(text), null, ACTOR);
    }

    private ImportCounts facts(String text, String asset) {
        return imports.importFile("ansible-facts", bytes(text), asset, ACTOR);
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> packages(String asset) {
        return jdbc.sql("""
                        select v.ecosystem || ' ' || v.name || ' ' || v.version from installed_package i
                          join package_version v on v.id = i.package_version join asset a on a.id = i.asset
                         where a.name = ? order by 1""").param(asset).query(String.class).list();
    }

    private Map<String, Object> asset(String name) {
        return jdbc.sql("select * from asset where name = ?")
                .param(name)
                .query()
                .singleRow();
    }

    private boolean known(String name) {
        return jdbc.sql("select exists (select from asset where name = ?)")
                .param(name)
                .query(Boolean.class)
                .single();
    }

    private void unchangedTheSecondTime(String source, String text, String asset) {
        var first = imports.importFile(source, bytes(text), asset, ACTOR);
        assertThat(first.created()).isPositive();
        var second = imports.importFile(source, bytes(text), asset, ACTOR);
        assertThat(second.unchanged()).isEqualTo(first.created());
        assertThat(second.created() + second.updated()).isZero();
    }

    @Test
    void whatACsvDoesNotSayStaysAsItIs() {
        csv("name,kind,criticality,tags,owner\n" + host + ",workstation,very-high,pci web,olga\n");
        csv("name,address\n" + host + ",192.0.2.7\n");
        assertThat(asset(host))
                .containsEntry("kind", "workstation")
                .containsEntry("criticality", "very-high")
                .containsEntry("owner", "olga")
                .containsEntry("address", "192.0.2.7");
    }

    @Test
    void aCsvMayNameAnAssetInManyLinesButNotContradictItself() {
        var other = host + "-b";
        var text =
                "name,criticality,ecosystem,package,version\n%1$s,high,deb,bash,5.2-1\n%2$s,low,deb,bash,5.2-1\n%1$s,,deb,curl,8.1-1\n";
        unchangedTheSecondTime("csv", text.formatted(host, other), null);
        assertThat(packages(host)).containsExactly("deb bash 5.2-1", "deb curl 8.1-1");
        assertThatThrownBy(() -> csv("name,criticality\n%1$s,high\n%2$s,low\n%1$s,low\n".formatted(host, other)))
                .isInstanceOfSatisfying(
                        MalformedInput.class, fault -> assertThat(fault.place()).isEqualTo("line 4"));
    }

    @Test
    void replacesThePackagesOfAKnownAssetBesideThoseOfANewOne() {
        var other = host + "-b";
        csv("name,ecosystem,package,version\n%1$s,deb,bash,5.2-1\n%1$s,deb,curl,8.1-1\n".formatted(host));
        var text =
                "name,ecosystem,package,version\n%1$s,deb,curl,8.1-1\n%1$s,deb,curl,8.2-1\n%2$s,deb,bash,5.2-1\n%2$s,deb,bash,5.2-1\n"
                        .formatted(host, other);
        assertThat(csv(text))
                .extracting(ImportCounts::read, ImportCounts::created, ImportCounts::updated, ImportCounts::unchanged)
                .containsExactly(4L, 1L, 1L, 0L);
        assertThat(packages(host)).containsExactly("deb curl 8.1-1", "deb curl 8.2-1");
        assertThat(packages(other)).containsExactly("deb bash 5.2-1");
        assertThat(asset(other).get("packages_at")).isNotNull();
        assertThat(csv(text).unchanged()).isEqualTo(2);
    }

    @Test
    void quotesLineBreaksAndAByteOrderMarkAreCsv() {
        csv("\uFEFFname,os_name,ecosystem,package,version\r\n" + host
                + ",\"Debian,\r\n\"\"Book\tworm\"\" \\N ü\",deb,a,1\r\n");
        assertThat(asset(host)).containsEntry("os_name", "Debian,\r\n\"Book\tworm\" \\N ü");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name,colour\\nHOST,red|line 1|there is no column \"colour\"",
                "name,name\\nHOST,x|line 1|twice",
                "kind\\nserver|line 1|no column \"name\"",
                "name,kind\\nHOST,server\\nHOST-2,toaster|line 3|workstation",
                "name,kind\\nHOST|line 2|2 fields",
                "name\\n-oProxyCommand|line 2|not a name of an asset",
                "name,tags\\nHOST,a{b}|line 2|words of letters",
                "name,maintenance_group\\nHOST,nowhere-at-all|line 2|there is no maintenance group nowhere-at-all",
                "name,ecosystem,package,version\\nHOST,deb,bash,|line 2|\"version\" is empty",
                "name,ecosystem,package,version\\nHOST,,bash,1|line 2|\"ecosystem\" is empty",
                "name,ecosystem,package,version\\nHOST,d e b,bash,1|line 2|not an ecosystem",
                "name,kind\\nHOST,\"server|line 2|CSV",
                "''|line 1|empty"
            })
    void refusesAMalformedCsvWhole(String text, String place, String reason) {
        assertThatThrownBy(() -> csv(text.replace("\\n", "\n").replace("HOST", host)))
                .isInstanceOfSatisfying(MalformedInput.class, fault -> {
                    assertThat(fault.place()).isEqualTo(place);
                    assertThat(fault).hasMessageContaining(reason);
                });
        assertThat(known(host)).isFalse();
    }

    @Test
    void refusesBytesThatAreNoUtf8() {
        var text = ("name,os_name\n" + host + ",B\u00fccher\n").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> imports.importFile("csv", new ByteArrayInputStream(text), null, ACTOR))
                .isInstanceOf(MalformedInput.class)
                .hasMessageContaining("no UTF-8");
    }

    private static final String FACTS = """
            {"ansible_hostname": "%s", "ansible_os_family": "Debian", "ansible_distribution": "Debian",
             "ansible_distribution_version": "12", "ansible_kernel": "6.1.0", "ansible_pkg_mgr": "apt",
             "ansible_default_ipv4": {"address": "192.0.2.9", "interface": "eth0"},
             "ansible_env": {"hostname": "wrong"}, "ansible_mounts": [{"mount": "/"}],
             "packages": {"openssl": [{"name": "openssl", "version": "3.0.9-1", "arch": "amd64", "source": "apt"},
                                      {"name": "openssl", "version": "3.0.9-1", "arch": "i386", "source": "apt"}]}}""";

    @Test
    void readsAFactCacheFile() {
        unchangedTheSecondTime("ansible-facts", FACTS.formatted(host), null);
        assertThat(packages(host)).containsExactly("deb openssl 3.0.9-1");
        assertThat(asset(host))
                .containsEntry("os_name", "Debian")
                .containsEntry("os_version", "12")
                .containsEntry("kernel", "6.1.0")
                .containsEntry("address", "192.0.2.9")
                .containsEntry("kind", "server");
    }

    @Test
    void readsWhatTheModulesAnswer() {
        facts("{\"ansible_facts\": %s, \"changed\": false}".formatted(FACTS.formatted("x")), host);
        assertThat(packages(host)).containsExactly("deb openssl 3.0.9-1");
    }

    @Test
    void readsADumpOfTheVariableWithoutItsPrefix() {
        facts("""
                {"hostname": "%s", "distribution": "Rocky", "pkg_mgr": "dnf", "default_ipv4": {"address": "192.0.2.8"},
                 "packages": {"kernel": [{"name": "kernel", "version": "5.14.0", "release": "70.el9", "epoch": null, "source": "rpm"},
                                         {"name": "kernel", "version": "5.14.0", "release": "80.el9", "epoch": null, "source": "rpm"}],
                              "bind": [{"name": "bind", "version": "9.16.23", "release": "1.el9", "epoch": 32, "source": "rpm"}]}}""".formatted(host), null);
        assertThat(packages(host))
                .containsExactly("rpm bind 32:9.16.23-1.el9", "rpm kernel 5.14.0-70.el9", "rpm kernel 5.14.0-80.el9");
    }

    @Test
    void readsManyHostsAsMapAsListAndOneBehindTheOther() {
        var counts = facts(
                "{\"%1$s-a\": %2$s, \"%1$s-b\": {\"unreachable\": true, \"msg\": \"no route\"}}"
                        .formatted(host, FACTS.formatted("dev")),
                null);
        assertThat(counts.read()).isEqualTo(2);
        assertThat(counts.rejected()).singleElement().asString().contains(host + "-b was unreachable: no route");
        assertThat(known(host + "-a")).as("called as the map calls it").isTrue();
        assertThat(facts("[%s, %s]".formatted(FACTS.formatted(host + "-c"), FACTS.formatted(host + "-d")), null)
                        .created())
                .isEqualTo(2);
        assertThat(facts(FACTS.formatted(host + "-e") + "\n" + FACTS.formatted(host + "-f"), null)
                        .created())
                .isEqualTo(2);
    }

    @Test
    void readsTheFolderOfAFactCacheAndCallsHostsByTheirFiles() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var name : List.of(host + "-1", host + "-2.json")) {
                zip.putNextEntry(new ZipEntry("facts/" + name));
                zip.write(FACTS.formatted("dev").getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(imports.importFile("ansible-facts", new ByteArrayInputStream(bytes.toByteArray()), null, ACTOR)
                        .created())
                .isEqualTo(2);
        assertThat(known(host + "-1") && known(host + "-2")).isTrue();
    }

    @Test
    void keepsPackagesWhenFactsHaveNone() {
        facts(FACTS.formatted(host), null);
        facts("{\"ansible_hostname\": \"%s\", \"ansible_kernel\": \"6.2\"}".formatted(host), null);
        assertThat(packages(host)).hasSize(1);
        assertThat(asset(host)).containsEntry("kernel", "6.2").containsEntry("os_name", "Debian");
    }

    @Test
    void refusesMalformedFactsWhole() {
        assertThatThrownBy(() -> facts("{\"hello\": 1}", host))
                .hasMessage("$: these are no facts of Ansible: nothing in it is known");
        assertThatThrownBy(() -> facts("{\"ansible_kernel\": \"1\"}", null)).hasMessageContaining("\"asset\"");
        assertThatThrownBy(() -> facts("[%1$s, %1$s]".formatted(FACTS.formatted(host)), null))
                .hasMessage("$[1]: " + host + " is there twice");
        assertThatThrownBy(() -> facts(
                        "{\"ansible_hostname\": \"%s\", \"packages\": {\"a\": [{\"name\": \"a\"}]}}".formatted(host),
                        null))
                .hasMessage("$.packages.a[0]: a \"version\" was expected");
        assertThatThrownBy(
                        () -> facts("{\"ansible_hostname\": \"%s\", \"packages\": {\"a\": 1}}".formatted(host), null))
                .hasMessage("$.packages.a: a list was expected");
        assertThatThrownBy(() -> facts(FACTS.formatted(host).substring(0, 100), null))
                .isInstanceOf(MalformedInput.class)
                .hasMessageContaining("line ");
        assertThat(known(host)).isFalse();
    }

    private static final String BOM = """
            {"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {"component": {"purl": "pkg:oci/app@1"}},
             "components": [{"name": "log4j-core", "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar",
                             "components": [{"name": "inner", "purl": "pkg:npm/%40scope/inner@1.0.0"}]},
                            {"name": "Foo_Bar", "purl": "pkg:pypi/Foo_Bar@1.0"},
                            {"name": "bash", "purl": "pkg:rpm/centos/bash@4.2-33.el7?arch=x86_64&epoch=1"},
                            {"name": "odd", "purl": "pkg:generic/odd@1 2%zz"},
                            {"name": "unversioned", "purl": "pkg:npm/unversioned"},
                            {"name": "no-url"}]}""";

    @Test
    void readsABillOfMaterialsUnderTheNamesThatScannersUse() {
        unchangedTheSecondTime("cyclonedx", BOM, host);
        assertThat(packages(host))
                .contains(
                        "maven org.apache.logging.log4j:log4j-core 2.14.1",
                        "npm @scope/inner 1.0.0",
                        "pypi foo-bar 1.0",
                        "rpm bash 1:4.2-33.el7")
                .noneMatch(line -> line.startsWith("oci"));
        assertThat(imports.importFile("cyclonedx", bytes(BOM), host, ACTOR).rejected())
                .anyMatch(line -> line.startsWith("$.components[4].purl: no version"));
    }

    @Test
    void readsABillOfMaterialsInXml() {
        var xml = """
                <?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><metadata><component><purl>pkg:oci/app@1</purl>
                </component></metadata><components><component type="library"><name>a</name><version>1</version>
                <purl>pkg:npm/a@1</purl><components><component><purl>pkg:npm/b@2</purl></component></components></component>
                </components></bom>""";
        unchangedTheSecondTime("cyclonedx", xml, host);
        assertThat(packages(host)).containsExactly("npm a 1", "npm b 2");
        assertThatThrownBy(() -> imports.importFile(
                        "cyclonedx",
                        bytes("<!DOCTYPE bom [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><bom>&x;</bom>"),
                        host,
                        ACTOR))
                .isInstanceOf(MalformedInput.class);
        assertThatThrownBy(() -> imports.importFile("cyclonedx", bytes("<html></html>"), host, ACTOR))
                .hasMessageContaining("bom");
        assertThatThrownBy(() -> imports.importFile("cyclonedx", bytes(xml.substring(0, 200)), host, ACTOR))
                .isInstanceOf(MalformedInput.class)
                .hasMessageContaining("line ");
    }

    @Test
    void refusesWhatIsNoBillOfMaterialsOrNobodys() {
        assertThatThrownBy(() -> imports.importFile("cyclonedx", bytes("{\"components\": []}"), host, ACTOR))
                .hasMessageContaining("CycloneDX");
        assertThatThrownBy(() -> imports.importFile("cyclonedx", bytes(BOM), null, ACTOR))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("asset=NAME");
        assertThatThrownBy(() -> imports.importFile("spdx", bytes(BOM), host, ACTOR))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cyclonedx");
        assertThat(known(host)).isFalse();
    }
}
