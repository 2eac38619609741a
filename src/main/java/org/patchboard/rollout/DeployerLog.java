package org.patchboard.rollout;

import java.util.regex.Pattern;

/** What is kept of a deployer's own words: without what may be a secret, and not without end. */
final class DeployerLog {

    /** Characters kept: the beginning says what was done, the end how it came out. */
    static final int BEGINNING = 65_536;

    static final int END = 196_608;

    private static final String MASK = "***";
    private static final Pattern KEYS = Pattern.compile(
            "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\\z)", Pattern.DOTALL);
    private static final Pattern IN_ADDRESSES = Pattern.compile("(?<=://)[^\\s/@:]+:[^\\s/@]+(?=@)");
    private static final Pattern BEARERS = Pattern.compile("(?i)\\b(bearer|basic)\\s+[a-z0-9._~+/=-]{8,}");
    private static final Pattern NAMED = Pattern.compile(
            "(?i)((?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key)[\"']?\\s*[:=]\\s*)"
                    + "(\"[^\"]*\"|'[^']*'|[^\\s,;}\"']+)");

    private DeployerLog() {}

    /** The log as it is kept and sealed. */
    static String kept(String said) {
        var text = said.replace("\0", "");
        text = KEYS.matcher(text).replaceAll(MASK);
        text = IN_ADDRESSES.matcher(text).replaceAll(MASK);
        text = NAMED.matcher(text).replaceAll("$1" + MASK);
        text = BEARERS.matcher(text).replaceAll("$1 " + MASK);
        if (text.length() <= BEGINNING + END) {
            return text;
        }
        return text.substring(0, BEGINNING)
                + "\n… %d characters are left out here …\n".formatted(text.length() - BEGINNING - END)
                + text.substring(text.length() - END);
    }
}
