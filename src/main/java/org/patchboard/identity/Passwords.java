package org.patchboard.identity;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.patchboard.shared.Refusal;

/** What a password must be: long, and not guessable from its owner (NIST SP 800-63B section 5.1.1.2). */
final class Passwords {

    static final int SHORTEST = 12;
    static final int LONGEST = 128;

    private static final Pattern ONE_CHARACTER = Pattern.compile("(.)\\1*");
    private static final Set<String> WELL_KNOWN = Set.of(
            "password",
            "passwort",
            "patchboard",
            "changeme",
            "letmein",
            "welcome",
            "qwerty",
            "123456",
            "111111",
            "abc123",
            "administrator",
            "camunda");

    private Passwords() {}

    /** @throws Refusal with what is wrong and what would do */
    static void check(String password, String login, String name, String mail) {
        if (password.length() < SHORTEST || password.length() > LONGEST) {
            throw Refusal.incomplete("A password has between " + SHORTEST + " and " + LONGEST + " characters.");
        }
        if (ONE_CHARACTER.matcher(password).matches()) {
            throw Refusal.incomplete("A password has more than one character in it.");
        }
        var plain = password.toLowerCase(Locale.ROOT);
        var own = List.of(login, mail.split("@", 2)[0], name.split(" ", 2)[0]);
        for (var word : own) {
            if (word.length() >= 3 && plain.contains(word.toLowerCase(Locale.ROOT))) {
                throw Refusal.incomplete("A password does not contain its owner's name or login.");
            }
        }
        // "password1234" is long and still the first guess: what remains beside a well-known word must be long enough.
        for (var word : WELL_KNOWN) {
            if (plain.contains(word) && plain.replace(word, "").length() < SHORTEST - 4) {
                throw Refusal.incomplete("This password is among the first that anybody would try; take another.");
            }
        }
    }
}
