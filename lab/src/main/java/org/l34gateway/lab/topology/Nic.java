// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

import java.util.List;

/**
 * A network card of a host: one end of a veth pair whose other end is on a bridge of the fabric.
 *
 * @param name name inside the host
 * @param bridge bridge of the fabric
 * @param addresses with prefix length, both families
 */
public record Nic(String name, String bridge, List<String> addresses) {
    public Nic {
        addresses = List.copyOf(addresses);
    }
}
