package org.patchboard.audit;

import org.patchboard.audit.Checkpoints.Checkpoint;

/** Published in the transaction in which a checkpoint is made. */
public record CheckpointMade(Checkpoint checkpoint) {}
