/** A person does it. */
@org.jspecify.annotations.NullMarked
package org.patchboard.rollout.adapter.manual;
