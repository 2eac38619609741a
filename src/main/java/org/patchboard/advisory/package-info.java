/** What the world says about a CVE: NVD, KEV, EPSS, SSVC. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared", "audit", "bulk"})
@org.jspecify.annotations.NullMarked
package org.patchboard.advisory;
