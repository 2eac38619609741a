/** What a deployer must do. */
@org.springframework.modulith.NamedInterface("spi")
@org.jspecify.annotations.NullMarked
package org.patchboard.rollout.spi;
