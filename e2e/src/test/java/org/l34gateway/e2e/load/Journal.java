// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import java.io.PrintStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Everything that was exchanged, from all threads. */
final class Journal {
    private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();
    private final AtomicInteger datagramsSent = new AtomicInteger();

    void add(Exchange exchange) {
        exchanges.add(exchange);
    }

    /** They tell the time: they are sent whatever comes back. */
    void datagramSent() {
        datagramsSent.incrementAndGet();
    }

    int datagramsSent() {
        return datagramsSent.get();
    }

    void print(PrintStream out) {
        exchanges.forEach(exchange -> out.println(exchange.line()));
    }
}
