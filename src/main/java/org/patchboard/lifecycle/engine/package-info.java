/** Us to engine: start, correlate, query; deployer, plug-ins, interceptors. */
@org.jspecify.annotations.NullMarked
package org.patchboard.lifecycle.engine;
