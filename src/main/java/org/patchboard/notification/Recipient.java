package org.patchboard.notification;

/**
 * Whom a message is for.
 *
 * @param login the person's login
 * @param name as people call them
 * @param mail address
 * @param zone IANA zone in which times are written, UTC beside
 */
public record Recipient(String login, String name, String mail, String zone) {}
