// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;

/** Asks targets all the time whether they are there, whatever the caller does meanwhile. */
@FunctionalInterface
interface TargetProbe {
    /**
     * Says whom to ask from now on, and who does not answer; returns at once.
     *
     * @param targets addresses; others are forgotten, new ones count as answering until they had their time to answer
     * @param link name of the interface towards them; null when it is not there, and then nobody is asked
     * @return those of the targets that do not answer → since when, in nanoseconds of a monotonic clock
     */
    Map<IpAddress, Long> watch(Set<IpAddress> targets, @Nullable String link);
}
