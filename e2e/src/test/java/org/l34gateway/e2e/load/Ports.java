// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Source ports in an order that the seed decides, each once: equal seeds make equal flows. */
final class Ports {
    private static final int FIRST = 10_000;
    private static final int AFTER_LAST = 60_000;

    private final Iterator<Integer> ports;

    Ports(long seed) {
        List<Integer> all = new ArrayList<>();
        for (int port = FIRST; port < AFTER_LAST; port++) {
            all.add(port);
        }
        Collections.shuffle(all, new Random(seed));
        ports = all.iterator();
    }

    synchronized int next() {
        return ports.next();
    }
}
