/** Rolls Debian packages out with Ansible over SSH. */
@org.jspecify.annotations.NullMarked
package org.patchboard.rollout.adapter.ansible;
