// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.util.SortedSet;
import java.util.TreeSet;

/** Port lists of the command line: {@code 4000-4002,5000}. */
final class Ports {
    private Ports() {}

    /** @throws IllegalArgumentException when the text is no list of ports 1..65535; the message quotes the part */
    static SortedSet<Integer> parse(String text) {
        var ports = new TreeSet<Integer>();
        for (String part : text.split(",")) {
            if (!part.matches("[0-9]{1,5}(-[0-9]{1,5})?"))
                throw new IllegalArgumentException("ports must look like 4000-4002,5000, got '" + part + "'");
            String[] ends = part.split("-");
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (first < 1 || last > 0xFFFF || first > last)
                throw new IllegalArgumentException("ports must be 1..65535 and rise, got '" + part + "'");
            for (int port = first; port <= last; port++) ports.add(port);
        }
        return ports;
    }
}
