package org.patchboard.rollout.spi;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;

/**
 * Leave to work on hosts, given by the gate for one attempt at one ring of one plan. The roll-out has verified its
 * signature before an adapter sees it.
 *
 * @param digest of the approved plan, SHA-256 in hex
 * @param attempt the only one it is good for, counted from 1
 * @param targets hosts that may be worked on, no others
 * @param token the signed release itself: JWS compact serialisation (RFC 7515), EdDSA (RFC 8037)
 */
public record Release(
        UUID id,
        ChangeId change,
        int revision,
        int ring,
        String digest,
        Action action,
        int attempt,
        Set<AssetId> targets,
        Instant notBefore,
        Instant notAfter,
        String token) {

    public Release {
        targets = Set.copyOf(targets);
        if (token.isBlank()) {
            throw new IllegalArgumentException("a release is signed");
        }
    }
}
