/** What a source of inventory must do. */
@org.springframework.modulith.NamedInterface("spi")
@org.jspecify.annotations.NullMarked
package org.patchboard.inventory.spi;
