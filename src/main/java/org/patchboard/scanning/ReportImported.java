package org.patchboard.scanning;

import java.time.Instant;

/** Findings were opened, closed or seen again. Told in the import's transaction. */
public record ReportImported(Instant at) {}
