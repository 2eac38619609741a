/** Engine to us: delegates, listeners, human tasks. */
@org.jspecify.annotations.NullMarked
package org.patchboard.lifecycle.task;
