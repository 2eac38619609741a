/** Looks at simulated hosts. */
@org.jspecify.annotations.NullMarked
package org.patchboard.scanning.adapter.simulator;
