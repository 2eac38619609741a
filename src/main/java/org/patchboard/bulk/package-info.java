/** Rows into PostgreSQL by COPY, and untrusted files as streams with limits. A leaf: it knows no noun of the trade. */
@org.springframework.modulith.ApplicationModule(allowedDependencies = {"shared"})
@org.jspecify.annotations.NullMarked
package org.patchboard.bulk;
