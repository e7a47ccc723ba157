// SPDX-License-Identifier: Apache-2.0
/**
 * What the CNI plugins add to the start of a pod, as a part of what plugins in Go add. Whole processes are measured, from
 * their start until they are reaped, as a runtime makes them: environment, configuration on a pipe, result on a pipe, a
 * network namespace with a path. Start at {@link org.l34gateway.bench.cni.CniFigures}; what a benchmark of whole pods needs
 * (a cluster) is not here.
 */
@NullMarked
package org.l34gateway.bench.cni;

import org.jspecify.annotations.NullMarked;
