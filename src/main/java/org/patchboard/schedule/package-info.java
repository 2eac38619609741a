/** Windows, freezes, bookings, conflicts. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit"})
@org.jspecify.annotations.NullMarked
package org.patchboard.schedule;
