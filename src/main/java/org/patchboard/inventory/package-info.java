/** Assets, maintenance groups, installed software. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit", "ansible", "bulk"})
@org.jspecify.annotations.NullMarked
package org.patchboard.inventory;
