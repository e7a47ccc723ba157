// SPDX-License-Identifier: Apache-2.0
/**
 * Puts a program into the kernel of a gateway pod: nftables, target rules and tables, counters. Sees programs as plain records and knows no Kubernetes.
 */
@NullMarked
package org.l34gateway.balancer;

import org.jspecify.annotations.NullMarked;
