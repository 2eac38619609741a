package org.patchboard.shared;

/**
 * What was asked is against the rules or incomplete; the message is the sentence shown to the person, and says the
 * remedy. Unlike a {@link Hindrance} it rolls back and the person may try again. Answered with 4xx, never 5xx.
 */
public class Refusal extends RuntimeException {

    /** How a caller can tell the kinds apart without reading the sentence. */
    public enum Kind {
        /** Something is missing or malformed (400). */
        INCOMPLETE,
        /** This person may not do this (403). */
        FORBIDDEN,
        /** There is no such thing (404). */
        UNKNOWN,
        /** It is not in a state in which this can be done (409). */
        CONFLICT
    }

    private final Kind kind;

    public Refusal(Kind kind, String sentence) {
        super(sentence);
        this.kind = kind;
    }

    public static Refusal incomplete(String sentence) {
        return new Refusal(Kind.INCOMPLETE, sentence);
    }

    public static Refusal forbidden(String sentence) {
        return new Refusal(Kind.FORBIDDEN, sentence);
    }

    public static Refusal unknown(String sentence) {
        return new Refusal(Kind.UNKNOWN, sentence);
    }

    public static Refusal conflict(String sentence) {
        return new Refusal(Kind.CONFLICT, sentence);
    }

    public Kind kind() {
        return kind;
    }
}
