/** What a deployer must do. */
@org.jspecify.annotations.NullMarked
package org.patchboard.rollout.spi;
