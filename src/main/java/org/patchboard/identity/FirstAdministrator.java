package org.patchboard.identity;

/**
 * Who is the first administrator of an empty directory.
 *
 * @param printed whether the password was made here, so that somebody must be told
 * @param mustChange whether it is taken once only
 */
public record FirstAdministrator(String login, String name, String password, boolean printed, boolean mustChange) {

    @Override
    public String toString() {
        return login;
    }
}
