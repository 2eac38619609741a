/** Whether the laws hold, whoever does whatever in whatever order. */
@org.jspecify.annotations.NullMarked
package org.patchboard.laws;
