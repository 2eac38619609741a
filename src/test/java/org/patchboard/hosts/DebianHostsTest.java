package org.patchboard.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The fixture must be as real as it claims. */
class DebianHostsTest {

    @BeforeAll
    static void rootOnDebian() {
        DebianHosts.assumeAvailable();
    }

    @Test
    void hostsAreApartFromEachOtherAndGoneAfterwards() {
        var hosts = DebianHosts.start("left", "right");
        try (hosts) {
            hosts.install("left", "pdemo", "1.0");

            assertThat(hosts.dpkgVersion("left", "pdemo")).isEqualTo("1.0");
            assertThat(hosts.dpkgStatus("left", "pdemo")).isEqualTo("ii");
            assertThat(hosts.dpkgVersion("right", "pdemo")).isEmpty();

            assertThat(hosts.attempt("left", "apt-get", "install", "-qq", "-y", "pdemo=1.2")
                            .exit())
                    .isEqualTo(100);
            assertThat(hosts.dpkgStatus("left", "pdemo")).isEqualTo("iF");
            hosts.install("left", "pdemo", "1.0");
            assertThat(hosts.dpkgStatus("left", "pdemo")).isEqualTo("ii");
        }
        assertThat(hosts.privateKeyFile()).doesNotExist();
    }
}
