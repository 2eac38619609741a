/** The change record, its plan and the plan's digest. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit"})
@org.jspecify.annotations.NullMarked
package org.patchboard.change;
