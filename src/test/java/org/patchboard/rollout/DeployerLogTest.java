package org.patchboard.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeployerLogTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ansible_become_password: hunter22                 | ansible_become_password: ***
                    {"api_key": "a b c", "host": "web1"}              | {"api_key": ***, "host": "web1"}
                    DB_PASSWORD=s3cr3t,next=1                         | DB_PASSWORD=***,next=1
                    Get:1 https://carl:pw12@mirror.example/debian a   | Get:1 https://***@mirror.example/debian a
                    Authorization: Bearer eyJhbGciOiJub25lIn0.e30.x   | Authorization: Bearer ***
                    Setting up passwd (1:4.13+dfsg1-1) ...            | Setting up passwd (1:4.13+dfsg1-1) ...
                    Unpacking libsecret-1-0 (0.20.5-3) over (0.20.4)  | Unpacking libsecret-1-0 (0.20.5-3) over (0.20.4)
                    """)
    void masksWhatMayBeASecretAndNothingElse(String said, String kept) {
        assertThat(DeployerLog.kept(said)).isEqualTo(kept);
    }

    @Test
    void masksAPrivateKeyWhole() {
        var key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\nZXktdjE=\n-----END OPENSSH PRIVATE KEY-----";
        assertThat(DeployerLog.kept("before\n" + key + "\nafter")).isEqualTo("before\n***\nafter");
        assertThat(DeployerLog.kept(key.substring(0, 60))).isEqualTo("***");
    }

    @Test
    void keepsTheBeginningAndTheEndOfALogWithoutEnd() {
        var kept = DeployerLog.kept("first\n" + "x".repeat(2_000_000) + "\nlast");
        assertThat(kept).startsWith("first").endsWith("last").contains("characters are left out here");
        assertThat(kept.length()).isLessThan(DeployerLog.BEGINNING + DeployerLog.END + 100);
    }

    @Test
    void leavesAShortLogAsItIsButForWhatNoTableHolds() {
        assertThat(DeployerLog.kept("PLAY RECAP\0\nweb1 : ok=4")).isEqualTo("PLAY RECAP\nweb1 : ok=4");
    }
}
