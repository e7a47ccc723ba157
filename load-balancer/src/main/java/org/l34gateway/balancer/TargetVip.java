// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Comparator;
import org.l34gateway.ip.IpPrefix;

/**
 * A target that gets packets of a VIP: it has slots, or drains. Ordered by VIP, group, identifier.
 *
 * @param group {@code TargetGroup.key()}
 * @param identifier {@code Target.identifier()}
 * @param vip which the target holds, or which is in one that it holds
 */
public record TargetVip(String group, int identifier, IpPrefix vip) implements Comparable<TargetVip> {
    private static final Comparator<TargetVip> ORDER = Comparator.comparing(TargetVip::vip)
            .thenComparing(TargetVip::group)
            .thenComparingInt(TargetVip::identifier);

    @Override
    public int compareTo(TargetVip other) {
        return ORDER.compare(this, other);
    }
}
