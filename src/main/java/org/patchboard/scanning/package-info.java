/** Findings: is it there, is it gone. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit", "bulk"})
@org.jspecify.annotations.NullMarked
package org.patchboard.scanning;
