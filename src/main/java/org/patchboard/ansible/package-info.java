/** Runs Ansible: what a client library is to other adapters. Java has none for it. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared"})
@org.jspecify.annotations.NullMarked
package org.patchboard.ansible;
