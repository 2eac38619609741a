package org.patchboard.ansible;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How hosts are reached. A host's key must be known beforehand: there is no setting that turns this off.
 *
 * @param user who signs in on the hosts
 * @param privateKey file with the user's private key, without a passphrase; unset: no host can be reached
 * @param knownHosts file with the hosts' keys, in the format of OpenSSH; unset: no host can be reached
 * @param connectTimeout longest time until a host answers
 */
@ConfigurationProperties("patchboard.ssh")
public record SshSettings(
        @DefaultValue("patchboard") String user,
        @Nullable Path privateKey,
        @Nullable Path knownHosts,
        @DefaultValue("10s") Duration connectTimeout) {}
