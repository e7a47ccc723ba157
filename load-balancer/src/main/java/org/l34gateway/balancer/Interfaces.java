// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.l34gateway.ip.IpFamily;

/**
 * The interfaces of a gateway pod that the data plane works between. Everything else in the pod is left alone.
 *
 * @param external towards the outside routers, at least one; an interface may be external and internal at once
 * @param internal towards the targets
 * @param families what the pod forwards, at least one; a family that the kernel lacks must not be named
 */
public record Interfaces(Set<String> external, String internal, Set<IpFamily> families) {
    /** What the kernel allows and nft can quote: no wildcard, no quote, no space (dev_valid_name, 15 bytes). */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:@-]{1,15}");

    /** @throws IllegalArgumentException when a list is empty or a name can not be an interface's; the message quotes it */
    public Interfaces {
        if (external.isEmpty() || families.isEmpty()) {
            throw new IllegalArgumentException(
                    "want an external interface and a family, got " + external + ", " + families);
        }
        for (String name : external) {
            check(name);
        }
        check(internal);
        external = Collections.unmodifiableSet(new TreeSet<>(external));
        families = Collections.unmodifiableSet(EnumSet.copyOf(families));
    }

    private static void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not an interface name: \"" + name + "\"");
        }
    }

    /** Every name once, sorted. */
    Set<String> all() {
        Set<String> all = new TreeSet<>(external);
        all.add(internal);
        return all;
    }
}
