/** Asks dpkg on a host over SSH, without Ansible. */
@org.jspecify.annotations.NullMarked
package org.patchboard.scanning.adapter.dpkg;
