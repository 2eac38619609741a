/** Priority, deadlines, policy packs, receipts. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit"})
@org.jspecify.annotations.NullMarked
package org.patchboard.risk;
