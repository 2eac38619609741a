package org.patchboard.rollout;

/**
 * Proof of who runs a piece of durable work: the columns that change hands when another node takes it over.
 *
 * @param task name of the kind of work
 * @param instance the piece of work
 * @param pickedBy the node
 * @param version grows with every pick
 */
public record Claim(String task, String instance, String pickedBy, long version) {}
