// SPDX-License-Identifier: Apache-2.0
/**
 * A real Kubernetes cluster on one machine, in network namespaces, with outside routers; and the command line of {@code ./l34}.
 */
@NullMarked
package org.l34gateway.lab;

import org.jspecify.annotations.NullMarked;
