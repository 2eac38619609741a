package org.patchboard.ansible;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Ansible is run.
 *
 * @param executable {@code ansible-playbook}, or where it lies; from version 2.14 on
 * @param forks how many hosts are worked on at once
 * @param become whether the user becomes root by {@code sudo}; unset: unless it is root
 */
@ConfigurationProperties("patchboard.ansible")
public record AnsibleSettings(
        @DefaultValue("ansible-playbook") String executable,
        @DefaultValue("20") int forks,
        @Nullable Boolean become) {

    boolean becomes(String user) {
        return become == null ? !user.equals("root") : become;
    }
}
