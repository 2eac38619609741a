package org.patchboard.shared;

import org.jspecify.annotations.Nullable;

/**
 * A neighbour (deployer, scanner, inventory source) could not be used. A transient fault is tried again by plan; a
 * permanent one is an incident at once.
 */
public class AdapterFault extends RuntimeException {

    private final boolean permanent;

    private AdapterFault(boolean permanent, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.permanent = permanent;
    }

    /** Neighbour down, busy or late: worth another try. */
    public static AdapterFault transientFault(String message, @Nullable Throwable cause) {
        return new AdapterFault(false, message, cause);
    }

    /** Credentials refused, request refused, answer unreadable: trying again changes nothing. */
    public static AdapterFault permanentFault(String message, @Nullable Throwable cause) {
        return new AdapterFault(true, message, cause);
    }

    public static AdapterFault transientFault(String message) {
        return new AdapterFault(false, message, null);
    }

    public static AdapterFault permanentFault(String message) {
        return new AdapterFault(true, message, null);
    }

    public boolean isPermanent() {
        return permanent;
    }
}
