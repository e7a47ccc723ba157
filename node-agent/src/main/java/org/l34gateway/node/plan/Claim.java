// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import org.l34gateway.ip.IpPrefix;

/** A VIP that a pod holds for a Gateway. */
public record Claim(String podUid, AttachmentKey gateway, IpPrefix vip) {}
