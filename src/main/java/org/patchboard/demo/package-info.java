/**
 * People, an estate and changes under way, for somebody who looks at Patchboard for the first time. Everything goes
 * through the doors that people use: the API and Tasklist's own REST, in each person's name. Only in the profile
 * {@code demo}.
 */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "identity"})
@org.jspecify.annotations.NullMarked
package org.patchboard.demo;
