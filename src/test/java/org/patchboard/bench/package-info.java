/** Benchmarks: the product beside a peer and a limit in one run. Started by {@code bench/run}, not by the tests. */
package org.patchboard.bench;
