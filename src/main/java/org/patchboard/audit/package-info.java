/** The chain: what was done, by whom, recorded in the deed's transaction; seal, bundle, verifier. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared"})
@org.jspecify.annotations.NullMarked
package org.patchboard.audit;
