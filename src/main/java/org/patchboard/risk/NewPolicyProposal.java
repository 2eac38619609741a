package org.patchboard.risk;

/**
 * A new version of a decision table that somebody wants.
 *
 * @param decision key of the table
 * @param name what people call it
 * @param dmn the whole table, DMN 1.3
 * @param reason why, for those who decide and for the record
 * @param openChanges what becomes of changes that are open when it comes into force: {@code pin}, {@code re-evaluate}
 *     or {@code re-approve}
 * @param baseVersion the version that it was written against
 * @param baseDigest SHA-256 of that version, hex
 */
public record NewPolicyProposal(
        String decision,
        String name,
        byte[] dmn,
        String reason,
        String openChanges,
        int baseVersion,
        String baseDigest) {

    public NewPolicyProposal {
        dmn = dmn.clone();
    }

    @Override
    public byte[] dmn() {
        return dmn.clone();
    }
}
