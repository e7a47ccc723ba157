// SPDX-License-Identifier: Apache-2.0
/**
 * The example workload and the traffic client that tests it; nothing but the JDK.
 *
 * <p>The workload ({@link org.l34gateway.target.TargetMain}) answers with its host name over TCP and UDP, so that a
 * client sees which pod it reached. The client ({@link org.l34gateway.target.TrafficMain}, as a library
 * {@link org.l34gateway.target.TrafficClient}) opens many connections and counts the answers. Both speak the protocol
 * that {@link org.l34gateway.target.Request} describes. Nothing here knows Kubernetes or changes the machine.
 */
@NullMarked
package org.l34gateway.target;

import org.jspecify.annotations.NullMarked;
