/** Asks hosts with Ansible over SSH what they are. */
@org.jspecify.annotations.NullMarked
package org.patchboard.inventory.adapter.ansible;
