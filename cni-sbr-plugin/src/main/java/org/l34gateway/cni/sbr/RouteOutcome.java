// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.List;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.ip.IpAddress;

/**
 * What came of a change.
 *
 * @param attachment the record as it is written now
 * @param notOnLink wanted next hops that are not held, because the pod has no interface on their link (yet)
 */
public record RouteOutcome(AttachmentRecord attachment, List<IpAddress> notOnLink) {
    public RouteOutcome {
        notOnLink = List.copyOf(notOnLink);
    }
}
