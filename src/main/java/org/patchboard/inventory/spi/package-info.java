/** What a source of inventory must do. */
@org.jspecify.annotations.NullMarked
package org.patchboard.inventory.spi;
