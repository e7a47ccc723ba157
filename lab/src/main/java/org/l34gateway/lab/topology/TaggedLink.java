// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

import java.util.List;

/**
 * An 802.1Q sub-interface.
 *
 * @param name name inside the host
 * @param parent the {@link Nic} that carries the tagged frames
 * @param id VLAN id, 1..4094 (IEEE 802.1Q)
 * @param addresses with prefix length
 */
public record TaggedLink(String name, String parent, int id, List<String> addresses) {
    public TaggedLink {
        if (id < 1 || id > 4094) {
            throw new IllegalArgumentException("vlan id must be 1..4094, got " + id);
        }
        addresses = List.copyOf(addresses);
    }
}
