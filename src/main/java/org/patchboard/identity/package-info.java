/** People, groups, dated memberships and substitutes, duties and their conflicts. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit"})
@org.jspecify.annotations.NullMarked
package org.patchboard.identity;
