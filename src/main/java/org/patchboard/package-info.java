/** The application: start, database, durable work, time. Rooms are the packages below. */
@org.jspecify.annotations.NullMarked
package org.patchboard;
