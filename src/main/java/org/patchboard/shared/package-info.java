/** Words everyone uses; no input or output. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {})
@org.jspecify.annotations.NullMarked
package org.patchboard.shared;
