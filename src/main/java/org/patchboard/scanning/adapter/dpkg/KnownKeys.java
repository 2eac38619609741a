package org.patchboard.scanning.adapter.dpkg;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.patchboard.shared.AdapterFault;

/**
 * Accepts a host only with a key from the file of known hosts, and asks it for a key of a kind that is known there: the
 * client would else agree on the kind it likes best, and refuse an honest host of which only another key is known.
 */
final class KnownKeys extends KnownHostsServerKeyVerifier implements SessionListener {

    private final List<KnownHostEntry> entries;

    KnownKeys(Path file) {
        super(RejectAllServerKeyVerifier.INSTANCE, file);
        try {
            entries = KnownHostEntry.readKnownHostEntries(file);
        } catch (IOException | IllegalArgumentException e) {
            throw AdapterFault.permanentFault(
                    "patchboard.ssh.known-hosts names " + file + ", which cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void sessionCreated(Session session) {
        var address = session.getIoSession().getRemoteAddress();
        var names = resolveHostNetworkIdentities((org.apache.sshd.client.session.ClientSession) session, address);
        Set<String> kinds = entries.stream()
                .filter(entry -> names.stream().anyMatch(name -> entry.isHostMatch(name.getHostName(), name.getPort())))
                .map(entry -> entry.getKeyEntry().getKeyType())
                .collect(Collectors.toSet());
        session.setSignatureFactories(session.getSignatureFactories().stream()
                .sorted(Comparator.comparing((NamedFactory<Signature> factory) ->
                        !kinds.contains(KeyUtils.getCanonicalKeyType(factory.getName()))))
                .toList());
    }
}
