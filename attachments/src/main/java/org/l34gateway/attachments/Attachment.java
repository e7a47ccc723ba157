// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.attachments;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.api.Report;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/** What one Gateway makes of one pod that its Services select. */
public sealed interface Attachment {
    /** The Gateway. */
    Report.ObjectRef gateway();

    /**
     * The pod must hold these.
     *
     * @param vips on {@code lo} with a rule {@code from VIP} each; may be empty, the anchor stays
     * @param nextHops of the default routes, both families; may be empty, then answers get EHOSTUNREACH
     */
    record Wanted(Report.ObjectRef gateway, SortedSet<IpPrefix> vips, SortedSet<IpAddress> nextHops)
            implements Attachment {
        public Wanted {
            vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
            nextHops = Collections.unmodifiableSortedSet(new TreeSet<>(nextHops));
        }
    }

    /**
     * The pod must hold nothing for this Gateway, because an older one claims a VIP in it already: two tables for one
     * source address cannot be told apart (design, decision 16).
     *
     * @param vips that are claimed by both, or overlap with one that the other claims
     * @param older the Gateway that has them
     */
    record Conflicted(Report.ObjectRef gateway, SortedSet<IpPrefix> vips, Report.ObjectRef older)
            implements Attachment {
        public Conflicted {
            vips = Collections.unmodifiableSortedSet(new TreeSet<>(vips));
        }
    }
}
