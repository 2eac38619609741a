package org.patchboard.inventory.adapter.ansible;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.patchboard.ansible.Ansible;
import org.patchboard.ansible.AnsibleSettings;
import org.patchboard.ansible.SshSettings;
import org.patchboard.hosts.DebianHosts;
import org.patchboard.inventory.spi.HostInventory;
import org.patchboard.inventory.spi.HostInventoryContract;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.Host;

/** On real Debian hosts, with the real {@code ansible-playbook}. */
class AnsibleInventoryTest extends HostInventoryContract {

    private static DebianHosts debian;

    @BeforeAll
    static void rootOnDebian() {
        DebianHosts.assumeAvailable();
        debian = DebianHosts.shared();
    }

    @Override
    protected HostInventory inventory() {
        return inventory(debian.privateKeyFile());
    }

    private static HostInventory inventory(Path key) {
        return new AnsibleInventory(new Ansible(
                new AnsibleSettings("ansible-playbook", 5, null),
                new SshSettings("root", key, debian.knownHostsFile(), Duration.ofSeconds(15))));
    }

    @Override
    protected List<Host> hosts() {
        return List.of(debian.host("web1"), debian.host("web2"));
    }

    @Override
    protected Host unreachable() {
        return debian.nobody();
    }

    @Test
    void bringsWhatAFactCacheHolds() throws Exception {
        debian.install("web1", "pdemo", "1.1");
        debian.wantsReboot("web1", true);
        var facts = inventory().gather(List.of(debian.host("web1")), PATIENCE);
        debian.wantsReboot("web1", false);

        assertThat(facts.format()).isEqualTo("ansible-facts");
        var document = new ObjectMapper().readTree(facts.documents().get(0).content());
        assertThat(document.path("ansible_hostname").asText()).isEqualTo("web1");
        assertThat(document.path("ansible_distribution").asText()).isEqualTo("Debian");
        assertThat(document.path("ansible_default_ipv4").path("address").asText())
                .isEqualTo(debian.host("web1").address());
        assertThat(document.path("packages")
                        .path("pdemo")
                        .path(0)
                        .path("version")
                        .asText())
                .isEqualTo("1.1");
        assertThat(document.path("packages")
                        .path("pdemo")
                        .path(0)
                        .path("source")
                        .asText())
                .isEqualTo("apt");
        assertThat(document.path("patchboard_reboot_pending").asBoolean()).isTrue();
    }

    @Test
    void callsAKeyEveryHostRefusesAPermanentFault() {
        assertThatThrownBy(() -> {
                    var facts = inventory(debian.wrongPrivateKeyFile()).gather(hosts(), PATIENCE);
                    throw new AssertionError("no fault, but " + facts.unreachable());
                })
                .isInstanceOfSatisfying(
                        AdapterFault.class,
                        fault -> assertThat(fault.isPermanent()).isTrue());
    }

    @Test
    void saysWhoDidNotAnswerInTime() {
        var facts = inventory().gather(hosts(), Duration.ofSeconds(1));
        assertThat(facts.unreachable().size() + facts.documents().size()).isEqualTo(2);
        assertThat(facts.unreachable()).allSatisfy(line -> assertThat(line).contains("in time"));
    }
}
