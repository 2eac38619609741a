package org.patchboard.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionsTest {

    @ParameterizedTest
    @CsvSource({
        "deb,   1.0,        1.1,         -1",
        "deb,   1.0~rc1,    1.0,         -1",
        "deb,   1.0~~,      1.0~,        -1",
        "deb,   1:0.1,      9.9,          1",
        "deb,   1.0-1,      1.0-1+b1,    -1",
        "deb,   1.10,       1.9,          1",
        "deb,   1.0a,       1.0+,        -1",
        "deb,   12345678901234567890123, 12345678901234567890124, -1",
        "deb,   1.007,      1.7,          0",
        "deb,   1.0,        1.0-0,        0",
        // rpm-version(7) and rpm's own tests/rpmvercmp.at
        "rpm,   1.0,        1.0,          0",
        "rpm,   2.0.1,      2.0,          1",
        "rpm,   2.0.1a,     2.0.1,        1",
        "rpm,   5.5p1,      5.5p2,       -1",
        "rpm,   5.5p10,     5.5p1,        1",
        "rpm,   10xyz,      10.1xyz,     -1",
        "rpm,   xyz10,      xyz10.1,     -1",
        "rpm,   xyz.4,      8,           -1",
        "rpm,   5.5p2,      5.6p1,       -1",
        "rpm,   6.0.rc1,    6.0,          1",
        "rpm,   10b2,       10a1,         1",
        "rpm,   1.0aa,      1.0a,         1",
        "rpm,   10.0001,    10.1,         0",
        "rpm,   10.0001,    10.0039,     -1",
        "rpm,   4.999.9,    5.0,         -1",
        "rpm,   20101121,   20101122,    -1",
        "rpm,   2_0,        2.0,          0",
        "rpm,   1.0~rc1,    1.0,         -1",
        "rpm,   1.0~rc1~git123, 1.0~rc1, -1",
        "rpm,   1.0^,       1.0,          1",
        "rpm,   1.0^git1,   1.0^git2,    -1",
        "rpm,   1.0^git1,   1.01,        -1",
        "rpm,   1.0^20160101, 1.0.1,     -1",
        "rpm,   1.0~rc1^git1, 1.0~rc1,    1",
        "rpm,   1.0^git1~pre, 1.0^git1,  -1",
        "rpm,   1:1.0-1,    2.0-1,        1",
        "rpm,   0:1.0-1,    1.0-1,        0",
        "rpm,   1.0-1.el8,  1.0-2.el8,   -1",
        "rpm,   1.0,        1.0-9.el8,    0",
        // apk-tools test/version.data
        "apk,   1.1.1c-r0,  1.1.1d-r0,   -1",
        "apk,   1.1.1,      1.1.1a,      -1",
        "apk,   2.34,       0.1.0_alpha,  1",
        "apk,   0.1.0_alpha, 0.1.0_beta, -1",
        "apk,   0.1.0_beta, 0.1.0,       -1",
        "apk,   1.0_rc1,    1.0,         -1",
        "apk,   1.0,        1.0_p1,      -1",
        "apk,   1.0_p9,     1.0_p10,     -1",
        "apk,   1.0-r1,     1.0-r2,      -1",
        "apk,   1.0-r9,     1.0-r10,     -1",
        "apk,   1.2.3,      1.2.10,      -1",
        "apk,   1.0.4_p10,  1.0.5_pre1,  -1",
        "apk,   0.12.1,     0.12.001,     1",
        "apk,   1.3,        1.3.1,       -1",
        "apk,   1.2.3_git20201010, 1.2.3, 1",
        // PEP 440, "Summary of permitted suffixes and relative ordering"
        "pypi,  1.dev0,     1.0.dev456,  -1",
        "pypi,  1.0.dev456, 1.0a1,       -1",
        "pypi,  1.0a1,      1.0a2.dev456, -1",
        "pypi,  1.0a2.dev456, 1.0a12.dev456, -1",
        "pypi,  1.0a12.dev456, 1.0a12,   -1",
        "pypi,  1.0a12,     1.0b1.dev456, -1",
        "pypi,  1.0b1.dev456, 1.0b2,     -1",
        "pypi,  1.0b2,      1.0b2.post345.dev456, -1",
        "pypi,  1.0b2.post345.dev456, 1.0b2.post345, -1",
        "pypi,  1.0b2.post345, 1.0rc1.dev456, -1",
        "pypi,  1.0rc1,     1.0,         -1",
        "pypi,  1.0,        1.0+abc.5,   -1",
        "pypi,  1.0+abc.5,  1.0+abc.7,   -1",
        "pypi,  1.0+abc.7,  1.0+5,       -1",
        "pypi,  1.0+5,      1.0.post456.dev34, -1",
        "pypi,  1.0.post456.dev34, 1.0.post456, -1",
        "pypi,  1.0.post456, 1.1.dev1,   -1",
        "pypi,  1!1.0,      2.0,          1",
        "pypi,  1.0,        1.0.0,        0",
        "pypi,  1.0RC1,     1.0c1,        0",
        "pypi,  2022.5.18.1, 2023.7.22,  -1",
        // Semantic Versioning 2.0.0, 11.4
        "npm,   1.0.0-alpha, 1.0.0-alpha.1, -1",
        "npm,   1.0.0-alpha.1, 1.0.0-alpha.beta, -1",
        "npm,   1.0.0-alpha.beta, 1.0.0-beta, -1",
        "npm,   1.0.0-beta, 1.0.0-beta.2, -1",
        "npm,   1.0.0-beta.2, 1.0.0-beta.11, -1",
        "npm,   1.0.0-beta.11, 1.0.0-rc.1, -1",
        "npm,   1.0.0-rc.1, 1.0.0,       -1",
        "npm,   1.0.0+build, 1.0.0,       0",
        "npm,   1.10.0,     1.9.9,        1",
        "golang, v1.2.3,    1.2.4,       -1",
        "golang, v0.0.0-20210101000000-aaaaaaaaaaaa, v0.0.0-20220101000000-bbbbbbbbbbbb, -1",
        "golang, v2.0.0+incompatible, v2.0.1, -1",
        "nuget, 1.2.3.4,    1.2.3.5,     -1",
        "nuget, 1.2,        1.2.0.0,      0",
        // Gem::Version
        "gem,   1.0.0.rc1,  1.0.0,       -1",
        "gem,   1.0.b10,    1.0.b9,       1",
        "gem,   1.8.2.a10,  1.8.2.a9,     1",
        "gem,   1.0,        1,            0",
        "gem,   2.0.0-java, 2.0.0,       -1",
        // maven.apache.org/pom.html, "Version Order Specification"
        "maven, 1.0-alpha,  1.0,         -1",
        "maven, 1-alpha,    1-beta,      -1",
        "maven, 1-rc,       1-snapshot,  -1",
        "maven, 1-snapshot, 1,           -1",
        "maven, 1,          1-sp,        -1",
        "maven, 1.ga,       1,            0",
        "maven, 2.9.10.4,   2.9.10.7,    -1",
        "maven, 1.10,       1.9,          1"
    })
    void ordersAsTheEcosystemDoes(String ecosystem, String one, String other, int expected) {
        assertThat(Integer.signum(Versions.compare(ecosystem, one, other))).isEqualTo(expected);
        assertThat(Integer.signum(Versions.compare(ecosystem, other, one))).isEqualTo(-expected);
    }

    @Test
    void ofSeveralInstalledSideBySideTheOldestCounts() {
        assertThat(Versions.reached("rpm", List.of("6.1-1", "6.2-1"), "6.2-1")).isFalse();
        assertThat(Versions.reached("rpm", List.of("6.2-1", "6.3-1"), "6.2-1")).isTrue();
        assertThat(Versions.reached("rpm", List.of(), "6.2-1")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"deb", "rpm", "apk", "pypi", "npm", "gem", "maven", "nuget", "generic"})
    void isAnOrderWhateverTheTextIs(String ecosystem) {
        var random = new Random(7);
        var pieces = List.of(
                "0", "1", "10", "00", "a", "rc", "~", "^", "+", ".", "-", "_p", "-r1", ":", "é", "1!", "\u0000");
        for (int i = 0; i < 3000; i++) {
            var three = new java.util.ArrayList<String>();
            for (int j = 0; j < 3; j++) {
                three.add(version(random, pieces));
            }
            var one = three.get(0);
            var other = three.get(1);
            assertThat(Integer.signum(Versions.compare(ecosystem, one, other)))
                    .as("%s against %s", one, other)
                    .isEqualTo(-Integer.signum(Versions.compare(ecosystem, other, one)));
        }
    }

    @Test
    void agreesWithDpkgOnHostilePairs() throws IOException, InterruptedException {
        assumeTrue(dpkg("1", "lt", "2"), "SKIPPED: this machine has no dpkg to compare with");
        var random = new Random(42);
        var letters =
                List.of("0", "1", "9", "10", "00", "a", "z", "~", "+", ".", "~~", "a1", "1a", "12345678901234567890");
        for (int i = 0; i < 200; i++) {
            var one = version(random, letters);
            var other = version(random, letters);
            var expected = dpkg(one, "lt", other) ? -1 : dpkg(one, "gt", other) ? 1 : 0;
            assertThat(Integer.signum(Versions.compare("deb", one, other)))
                    .as("%s against %s", one, other)
                    .isEqualTo(expected);
        }
    }

    private static String version(Random random, List<String> letters) {
        var version = new StringBuilder("1");
        for (int i = random.nextInt(4); i >= 0; i--) {
            version.append(letters.get(random.nextInt(letters.size())));
        }
        if (random.nextBoolean()) {
            version.append('-').append(random.nextInt(20)).append(letters.get(random.nextInt(letters.size())));
        }
        return random.nextInt(4) == 0 ? random.nextInt(3) + ":" + version : version.toString();
    }

    private static boolean dpkg(String one, String operator, String other) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder("dpkg", "--compare-versions", one, operator, other)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            if (System.getenv("CI") != null) {
                throw e;
            }
            return false;
        }
    }
}
