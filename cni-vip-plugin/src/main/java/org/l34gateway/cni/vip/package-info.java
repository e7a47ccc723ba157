// SPDX-License-Identifier: Apache-2.0
/**
 * The CNI plugin {@code loopback-vip}: holds VIPs on {@code lo} of a pod. Routes and rules are the other plugin's.
 */
@NullMarked
package org.l34gateway.cni.vip;

import org.jspecify.annotations.NullMarked;
