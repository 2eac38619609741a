package org.patchboard.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.patchboard.change.Plan.Patch;
import org.patchboard.change.Plan.PlannedHost;
import org.patchboard.change.Plan.PlannedRing;
import org.patchboard.change.Plan.RiskBasis;
import org.patchboard.change.Plan.Step;
import org.patchboard.change.Plan.WindowWish;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;

class PlanDigestTest {

    private static Plan plan(long asset, String reason) {
        return new Plan(
                List.of(new Patch("deb", "openssl", "3.0.15-1")),
                List.of(new PlannedRing(
                        1,
                        "Canary",
                        "canary",
                        List.of(new PlannedHost(
                                asset, "web1", List.of(new Step("deb", "openssl", "3.0.11-1", "3.0.15-1")))),
                        "PT30M",
                        95)),
                "canary",
                new WindowWish("", ""),
                "pre",
                "post",
                "snapshot",
                "downgrade",
                "mail",
                reason,
                "none",
                "if-required",
                new RiskBasis("high", "2026-12-01T00:00:00Z", List.of("r1")));
    }

    /** Written down once by hand after RFC 8785: keys sorted, no white space, numbers plain. */
    private static final String CANONICAL =
            "{\"backOut\":\"downgrade\",\"backup\":\"snapshot\",\"communication\":\"mail\",\"patches\":[{\"ecosystem\":\"deb\","
                    + "\"name\":\"openssl\",\"targetVersion\":\"3.0.15-1\"}],\"postChecks\":\"post\",\"preChecks\":\"pre\","
                    + "\"reason\":\"why\",\"reboot\":\"if-required\",\"rings\":[{\"hosts\":[{\"asset\":7,\"name\":\"web1\","
                    + "\"steps\":[{\"ecosystem\":\"deb\",\"from\":\"3.0.11-1\",\"name\":\"openssl\",\"to\":\"3.0.15-1\"}]}],"
                    + "\"kind\":\"canary\",\"name\":\"Canary\",\"number\":1,\"soak\":\"PT30M\",\"successShare\":95}],"
                    + "\"risk\":{\"due\":\"2026-12-01T00:00:00Z\",\"priority\":\"high\",\"receipts\":[\"r1\"]},"
                    + "\"securityImpact\":\"none\",\"strategy\":\"canary\",\"window\":{\"earliest\":\"\",\"note\":\"\"}}";

    @Test
    void isTakenOverTheCanonicalForm() {
        assertThat(Plans.canonical(plan(7, "why"))).isEqualTo(CANONICAL);
    }

    @Test
    void changesWithASingleCharacter() {
        assertThat(Sha256.hex(Plans.canonical(plan(7, "why"))))
                .isNotEqualTo(Sha256.hex(Plans.canonical(plan(7, "why."))));
    }

    @Test
    void keepsTextBeyondAsciiAsItIs() {
        assertThat(Plans.canonical(plan(7, "größer 𝄞 \u20ac"))).contains("\"reason\":\"größer 𝄞 €\"");
    }

    @Test
    void writesIntegersThatANumberCannotHoldAsText() {
        long exact = 1L << 53;
        assertThat(Plans.canonical(plan(exact, "why"))).contains("\"asset\":9007199254740992,");
        assertThat(Plans.canonical(plan(exact + 1, "why"))).contains("\"asset\":\"9007199254740993\",");
    }

    @Test
    void refusesACharacterThatHasNoUtf8Form() {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> Plans.canonical(plan(7, "half a pair: \ud834")))
                .withMessageContaining("retype");
        assertThatExceptionOfType(Refusal.class).isThrownBy(() -> Plans.canonical(plan(7, "\udd1e first")));
    }
}
