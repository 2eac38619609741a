/** What a scanner must do. */
@org.jspecify.annotations.NullMarked
package org.patchboard.scanning.spi;
