package org.patchboard.shared;

import java.util.regex.Pattern;

/**
 * A known obstacle that the process has a way around: window missed, ring halted. Drawn as a boundary event whose
 * error code is {@link #code()}. It does not roll back: check first, write after.
 */
public class Hindrance extends RuntimeException {

    private static final Pattern SHAPE = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");

    private final String code;

    /**
     * @param code the BPMN error code, {@code UPPER_SNAKE}
     * @param message a sentence a person understands
     */
    public Hindrance(String code, String message) {
        super(message);
        if (!SHAPE.matcher(code).matches()) {
            throw new IllegalArgumentException("not an error code: " + code);
        }
        this.code = code;
    }

    /** The BPMN error code. */
    public String code() {
        return code;
    }
}
