/** A deployer without hosts, for demonstrations and tests. */
@org.jspecify.annotations.NullMarked
package org.patchboard.rollout.adapter.simulator;
