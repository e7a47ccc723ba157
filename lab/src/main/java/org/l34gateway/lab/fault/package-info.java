// SPDX-License-Identifier: Apache-2.0
/** What goes wrong in a cluster, made on purpose: for tests and benchmarks. Start at {@link org.l34gateway.lab.fault.Faults}. */
@NullMarked
package org.l34gateway.lab.fault;

import org.jspecify.annotations.NullMarked;
