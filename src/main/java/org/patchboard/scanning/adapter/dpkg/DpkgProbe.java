package org.patchboard.scanning.adapter.dpkg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;
import org.patchboard.scanning.spi.PackageProbe;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.Host;
import org.springframework.stereotype.Component;

/**
 * Asks {@code dpkg-query} on each host over SSH, with a client of its own: what it sees does not depend on what
 * installed it. One fixed command; nothing is changed and no rights are needed.
 */
@Component
public class DpkgProbe implements PackageProbe {

    private static final int AT_ONCE = 8;

    /** Of one host's answer; a line has some forty bytes. */
    private static final int LARGEST_ANSWER = 4 << 20;

    /** Debian Policy 5.6.7: nothing in such a name means anything to a shell. */
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

    private final SshSettings settings;

    public DpkgProbe(SshSettings settings) {
        this.settings = settings;
    }

    @Override
    public String product() {
        return "dpkg-query";
    }

    @Override
    public Sight look(List<Host> hosts, Set<String> packages, Duration patience) {
        var names = new TreeSet<>(packages);
        for (var name : names) {
            if (!PACKAGE.matcher(name).matches()) {
                throw AdapterFault.permanentFault("not a name of a Debian package: " + name);
            }
        }
        if (hosts.isEmpty() || names.isEmpty()) {
            return new Sight(List.of(), List.of());
        }
        var key = key();
        var known = new KnownKeys(readable(settings.knownHosts(), "patchboard.ssh.known-hosts"));
        var threads = Executors.newFixedThreadPool(Math.min(AT_ONCE, hosts.size()));
        try (var client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier(known);
            client.addSessionListener(known);
            // neither this machine's ~/.ssh nor its agent counts
            client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
            client.setUserAuthFactoriesNames(UserAuthPublicKeyFactory.NAME);
            client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
            client.start();
            var answers = new ArrayList<Future<Answer>>();
            for (var host : hosts) {
                answers.add(threads.submit(asking(client, key, host, names, patience)));
            }
            return sight(answers);
        } catch (IOException e) {
            throw AdapterFault.transientFault("the SSH client could not be closed: " + e.getMessage(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private Sight sight(List<Future<Answer>> answers) {
        var seen = new ArrayList<Seen>();
        var unreachable = new ArrayList<Unreachable>();
        var refused = 0;
        for (var pending : answers) {
            var answer = result(pending);
            if (answer instanceof Answered answered) {
                seen.addAll(answered.seen());
            } else if (answer instanceof Silent silent) {
                unreachable.add(silent.why());
                refused += silent.keyRefused() ? 1 : 0;
            }
        }
        if (refused == answers.size()) {
            throw AdapterFault.permanentFault("every host refuses the key of " + settings.user() + " ("
                    + settings.privateKey()
                    + "): allow it there, or set patchboard.ssh.user and patchboard.ssh.private-key");
        }
        return new Sight(seen, unreachable);
    }

    private static Answer result(Future<Answer> pending) {
        try {
            return pending.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AdapterFault.transientFault("Patchboard was stopped while it looked at hosts", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** What came of one host. */
    private sealed interface Answer permits Answered, Silent {}

    private record Answered(List<Seen> seen) implements Answer {}

    private record Silent(Unreachable why, boolean keyRefused) implements Answer {}

    private Callable<Answer> asking(SshClient client, KeyPair key, Host host, Set<String> names, Duration patience) {
        return () -> {
            try {
                return ask(client, key, host, names, patience);
            } catch (IOException e) {
                return new Silent(new Unreachable(host, reason(e)), keyRefused(e));
            }
        };
    }

    private Answer ask(SshClient client, KeyPair key, Host host, Set<String> names, Duration patience)
            throws IOException {
        var connecting = patience.compareTo(settings.connectTimeout()) < 0 ? patience : settings.connectTimeout();
        var start = System.nanoTime();
        try (var session = client.connect(settings.user(), host.address(), SshConstants.DEFAULT_PORT)
                .verify(connecting)
                .getSession()) {
            session.addPublicKeyIdentity(key);
            session.auth().verify(left(patience, start));
            return read(session, host, names, patience, start);
        }
    }

    private Answer read(ClientSession session, Host host, Set<String> names, Duration patience, long start)
            throws IOException {
        var output = new Limited();
        var errors = new Limited();
        try (ChannelExec channel = session.createExecChannel(command(names))) {
            channel.setIn(InputStream.nullInputStream());
            channel.setOut(output);
            channel.setErr(errors);
            channel.open().verify(left(patience, start));
            var events = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), left(patience, start));
            if (events.contains(ClientChannelEvent.TIMEOUT)) {
                return new Silent(new Unreachable(host, "no answer within " + patience.toSeconds() + " s"), false);
            }
            var answer = DpkgAnswer.of(output.toString(StandardCharsets.UTF_8));
            if (answer == null) {
                var said = errors.toString(StandardCharsets.UTF_8).strip();
                return new Silent(
                        new Unreachable(
                                host, "dpkg-query gave no answer there (exit " + channel.getExitStatus() + ") " + said),
                        false);
            }
            return new Answered(
                    names.stream().map(name -> answer.about(host, name)).toList());
        }
    }

    /** 0 all known, 1 some unknown (dpkg-query(1)); anything else is no answer. */
    private static String command(Set<String> names) {
        return "export LC_ALL=C; dpkg-query -W -f='${Package}\\t${Version}\\t${db:Status-Abbrev}\\n' -- "
                + String.join(" ", names)
                + "; test $? -le 1 || exit 2; if test -e /var/run/reboot-required; then echo reboot-required; fi;"
                + " echo " + DpkgAnswer.COMPLETE;
    }

    private static Duration left(Duration patience, long start) {
        var left = patience.minusNanos(System.nanoTime() - start);
        return left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
    }

    private static boolean keyRefused(IOException fault) {
        return fault instanceof SshException refused
                && refused.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
    }

    private static String reason(IOException fault) {
        if (keyRefused(fault)) {
            return "the host refuses our key (patchboard.ssh.private-key)";
        }
        if (fault instanceof SshException refused
                && refused.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE) {
            return "the host's key is not the one in the file of known hosts (patchboard.ssh.known-hosts)";
        }
        var message = fault.getMessage();
        return message == null || message.isBlank() ? fault.getClass().getSimpleName() : message;
    }

    private KeyPair key() {
        var file = readable(settings.privateKey(), "patchboard.ssh.private-key");
        try (var source = Files.newInputStream(file)) {
            var pairs = SecurityUtils.loadKeyPairIdentities(null, file::toString, source, FilePasswordProvider.EMPTY);
            // null when the file holds something else (seen)
            if (pairs != null && pairs.iterator().hasNext()) {
                return pairs.iterator().next();
            }
            throw AdapterFault.permanentFault("patchboard.ssh.private-key names " + file + ", which holds no key");
        } catch (IOException | GeneralSecurityException e) {
            throw AdapterFault.permanentFault(
                    "patchboard.ssh.private-key names " + file + ", which is no private key without a passphrase: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Path readable(@Nullable Path file, String setting) {
        if (file == null) {
            throw AdapterFault.permanentFault("no host can be reached over SSH: set " + setting);
        }
        if (!Files.isReadable(file)) {
            throw AdapterFault.permanentFault(setting + " names " + file + ", which cannot be read");
        }
        return file;
    }

    /** A host that talks without end must not fill our memory. */
    private static final class Limited extends ByteArrayOutputStream {

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (count + length <= LARGEST_ANSWER) {
                super.write(bytes, offset, length);
            }
        }
    }
}
