/** Rings, host work, health gates, back-out. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit", "ansible"})
@org.jspecify.annotations.NullMarked
package org.patchboard.rollout;
