/** Us to engine: start, correlate, query; deployer, plug-ins, interceptors. */
@org.springframework.modulith.NamedInterface("engine")
@org.jspecify.annotations.NullMarked
package org.patchboard.lifecycle.engine;
