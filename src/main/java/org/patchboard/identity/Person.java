package org.patchboard.identity;

/**
 * A human being who can sign in.
 *
 * @param id our key; duties are compared by it, never by login
 * @param login never reused, even after the person is disabled
 * @param zone IANA zone in which times are shown, UTC beside
 */
public record Person(long id, String login, String name, String mail, String zone, boolean enabled) {}
