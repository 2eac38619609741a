/** Mail and calendar invitations: outbox row in the deed's transaction, sent by a durable task. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared"})
@org.jspecify.annotations.NullMarked
package org.patchboard.notification;
