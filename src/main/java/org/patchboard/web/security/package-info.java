/** Who is asking, and may they: one login for pages, Tasklist and API. */
@org.jspecify.annotations.NullMarked
package org.patchboard.web.security;
