package org.patchboard.shared;

/**
 * A file from outside is not what it claims to be. Nothing of it was kept.
 */
public class MalformedInput extends RuntimeException {

    private final String place;

    /**
     * @param place where in the file: {@code line 17} or a JSON path such as {@code $.matches[3].artifact}
     * @param message what is wrong there and what would be right
     */
    public MalformedInput(String place, String message) {
        super(place + ": " + message);
        this.place = place;
    }

    public MalformedInput(String place, String message, Throwable cause) {
        super(place + ": " + message, cause);
        this.place = place;
    }

    public String place() {
        return place;
    }
}
