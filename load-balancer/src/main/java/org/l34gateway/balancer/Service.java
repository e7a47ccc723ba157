// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import org.l34gateway.program.Protocol;

/**
 * A destination port of a VIP that one flow has whatever else a packet says, so that one look finds it. No target has a part in
 * that.
 *
 * @param flow its place among the VIP's flows, and so among its ways
 */
record Service(Protocol protocol, int port, int flow) {}
