/** The only room that imports the engine: joins the domain rooms along the processes. */
@org.springframework.modulith.ApplicationModule
@org.jspecify.annotations.NullMarked
package org.patchboard.lifecycle;
