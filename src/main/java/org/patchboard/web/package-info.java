/** Pages, REST API, security wiring. */
@org.springframework.modulith.ApplicationModule
@org.jspecify.annotations.NullMarked
package org.patchboard.web;
