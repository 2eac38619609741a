package org.patchboard.scanning.adapter.dpkg;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How hosts are reached; the same settings as for Ansible.
 *
 * @param user who signs in on the hosts; no rights are needed to ask dpkg
 * @param privateKey file with the user's private key, without a passphrase
 * @param knownHosts file with the hosts' keys, in the format of OpenSSH
 * @param connectTimeout longest time until a host answers
 */
@ConfigurationProperties("patchboard.ssh")
public record SshSettings(
        @DefaultValue("patchboard") String user,
        @Nullable Path privateKey,
        @Nullable Path knownHosts,
        @DefaultValue("10s") Duration connectTimeout) {}
