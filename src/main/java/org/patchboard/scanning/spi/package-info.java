/** What a scanner must do. */
@org.springframework.modulith.NamedInterface("spi")
@org.jspecify.annotations.NullMarked
package org.patchboard.scanning.spi;
