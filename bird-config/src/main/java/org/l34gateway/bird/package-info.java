// SPDX-License-Identifier: Apache-2.0
/**
 * A BIRD 2 configuration as records, its text, and a client of BIRD's control socket. Knows no Kubernetes and no kernel.
 */
@NullMarked
package org.l34gateway.bird;

import org.jspecify.annotations.NullMarked;
