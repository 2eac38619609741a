package org.patchboard.identity;

/**
 * A group with a role of its own.
 *
 * @param id the group id in models and in the engine's grants
 * @param purpose what its members do, as the end of a sentence
 */
public record Team(String id, String name, String purpose) {

    /** The administrators' group; its id is the engine's. */
    public static final String ADMINISTRATORS = "camunda-admin";

    public static final String AUDITORS = "auditor";
}
