package org.patchboard.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.patchboard.approval.Tally.State.APPROVED;
import static org.patchboard.approval.Tally.State.OPEN;
import static org.patchboard.approval.Tally.State.REJECTED;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TallyTest {

    private static final String SECURITY = "security-representative";

    /** Votes: a approve, c with conditions, r reject, b abstain, u recuse, . outstanding; upper case: of security. */
    @ParameterizedTest(name = "{0} votes of a quorum of {1}, security required {2}, with veto {3}: {4}")
    @CsvSource({
        "...,     1, false, false, OPEN",
        "a..,     1, false, false, APPROVED",
        "c..,     1, false, false, APPROVED",
        "aa.,     3, false, false, OPEN",
        "aaa,     3, false, false, APPROVED",
        "acc,     3, false, false, APPROVED",
        "aar,     3, false, false, REJECTED",
        "aar.,    3, false, false, OPEN",
        "aarr,    3, false, false, REJECTED",
        "aaarr,   3, false, false, APPROVED",
        "rrr..,   3, false, false, REJECTED",
        "rr...,   3, false, false, OPEN",
        "bb...,   3, false, false, OPEN",
        "bbb..,   3, false, false, REJECTED",
        "uuu..,   3, false, false, REJECTED",
        "bur..,   3, false, false, REJECTED",
        "'',      1, false, false, REJECTED",
        "..,      3, false, false, REJECTED",
        "aaa.,    3, true,  false, REJECTED",
        "aaa,     3, true,  false, REJECTED",
        "aaA,     3, true,  false, APPROVED",
        "aaC,     3, true,  false, APPROVED",
        "aaaO,    3, true,  false, OPEN",
        "aaaR,    3, true,  false, REJECTED",
        "aaaB,    3, true,  false, REJECTED",
        "aaaU,    3, true,  false, REJECTED",
        "aaaUO,   3, true,  false, OPEN",
        "aaaUA,   3, true,  false, APPROVED",
        "aaRA,    3, true,  false, APPROVED",
        "aaRA,    3, true,  true,  REJECTED",
        "aaaR.,   3, false, true,  REJECTED",
        "aaar.,   3, false, true,  APPROVED",
        "R....,   1, false, true,  REJECTED",
        "aO,      2, true,  true,  OPEN",
        "aA,      2, true,  true,  APPROVED"
    })
    void counts(String votes, int minimum, boolean required, boolean veto, Tally.State state) {
        assertThat(tally(votes, minimum, required, veto).state()).isEqualTo(state);
    }

    @Test
    void silenceIsNeverConsent() {
        for (int silent = 1; silent <= 20; silent++) {
            assertThat(tally(".".repeat(silent), 1, false, false).state()).isEqualTo(OPEN);
        }
    }

    @Test
    void saysWhatIsStillMissing() {
        assertThat(tally("aa.O", 3, true, false).sentence()).isEqualTo("2 of 3, security-representative still missing");
    }

    @Test
    void saysWhoRefusedAlone() {
        assertThat(tally("aaaR", 3, false, true).sentence()).contains("v3", SECURITY);
    }

    @Test
    void saysWhyApprovalCannotBeReached() {
        var tally = tally("arr..", 4, false, false);
        assertThat(tally.state()).isEqualTo(REJECTED);
        assertThat(tally.sentence()).contains("1 of 4", "only 2 more");
    }

    @Test
    void neverApprovesBelowTheMinimum() {
        for (var votes : permutations("acrbu.", 4)) {
            var tally = tally(votes, 3, false, false);
            if (tally.state() == APPROVED) {
                assertThat(tally.approvals()).as(votes).isGreaterThanOrEqualTo(3);
            }
        }
    }

    @Test
    void neverGivesUpWhileApprovalCanStillBeReached() {
        for (var votes : permutations("arO", 5)) {
            var best = tally(votes.replace('O', 'A'), 3, true, false);
            if (tally(votes, 3, true, false).state() == REJECTED) {
                assertThat(best.state()).as(votes).isEqualTo(REJECTED);
            }
        }
    }

    private static List<String> permutations(String letters, int length) {
        var all = List.of("");
        for (int i = 0; i < length; i++) {
            all = all.stream()
                    .flatMap(prefix -> letters.chars().mapToObj(letter -> prefix + (char) letter))
                    .toList();
        }
        return all;
    }

    private static Tally tally(String votes, int minimum, boolean required, boolean veto) {
        var cast = new ArrayList<Tally.Cast>();
        var outstanding = new ArrayList<Tally.Elector>();
        for (int i = 0; i < votes.length(); i++) {
            var letter = votes.charAt(i);
            var teams = Character.isUpperCase(letter) ? List.of("cab", SECURITY) : List.of("cab");
            switch (Character.toLowerCase(letter)) {
                case '.', 'o' -> outstanding.add(new Tally.Elector("v" + i, teams));
                case 'a' -> cast.add(new Tally.Cast("v" + i, teams, Decision.APPROVE));
                case 'c' -> cast.add(new Tally.Cast("v" + i, teams, Decision.APPROVE_WITH_CONDITIONS));
                case 'r' -> cast.add(new Tally.Cast("v" + i, teams, Decision.REJECT));
                case 'b' -> cast.add(new Tally.Cast("v" + i, teams, Decision.ABSTAIN));
                case 'u' -> cast.add(new Tally.Cast("v" + i, teams, Decision.RECUSE));
                default -> throw new IllegalArgumentException(votes);
            }
        }
        return Tally.of(
                new Quorum(minimum, required ? List.of(SECURITY) : List.of(), veto ? List.of(SECURITY) : List.of()),
                cast,
                outstanding);
    }
}
