/** Small real Debian hosts for tests. */
@org.jspecify.annotations.NullMarked
package org.patchboard.hosts;
