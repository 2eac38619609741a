package org.patchboard.shared;

/**
 * Who did it: a person by login, or a part of Patchboard by name. Recorded with every deed.
 *
 * @param name login of the person, or a name such as {@code rule:findings}; never blank
 * @param kind whether a human being stands behind it
 */
public record Actor(String name, Kind kind) {

    /** Persons answer for a deed; the system only carries one out. */
    public enum Kind {
        PERSON,
        SYSTEM
    }

    public Actor {
        if (name.isBlank()) {
            throw new IllegalArgumentException("an actor has a name");
        }
    }

    public static Actor person(String login) {
        return new Actor(login, Kind.PERSON);
    }

    public static Actor system(String part) {
        return new Actor(part, Kind.SYSTEM);
    }

    public boolean isPerson() {
        return kind == Kind.PERSON;
    }
}
