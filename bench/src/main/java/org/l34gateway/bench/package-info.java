// SPDX-License-Identifier: Apache-2.0
/** Measures. {@link org.l34gateway.bench.BenchMain} is the command line; what is measured is in a package for each subject. */
@NullMarked
package org.l34gateway.bench;

import org.jspecify.annotations.NullMarked;
