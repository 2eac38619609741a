/** One constants class per BPMN file; typed process variables. */
@org.jspecify.annotations.NullMarked
package org.patchboard.lifecycle.model;
