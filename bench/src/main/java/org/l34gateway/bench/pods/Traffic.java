// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.util.concurrent.atomic.AtomicLong;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.TrafficRequest;
import org.l34gateway.lab.TrafficResult;
import org.l34gateway.lab.process.CommandFailed;

/** Connections from an outside router to both VIPs in turn, one burst after the other, until it is closed. */
final class Traffic implements AutoCloseable {
    private static final int BURST = 200;

    private final Lab lab;
    private final AtomicLong answers = new AtomicLong();
    private final Thread thread = Thread.ofVirtual().name("traffic").unstarted(this::send);
    private volatile boolean wanted = true;

    private Traffic(Lab lab) {
        this.lab = lab;
    }

    static Traffic start(Lab lab) {
        Traffic traffic = new Traffic(lab);
        traffic.thread.start();
        return traffic;
    }

    private void send() {
        String to4 = Stage.VIP4 + ":" + Stage.PORT;
        String to6 = "[" + Stage.VIP6 + "]:" + Stage.PORT;
        for (int i = 0; wanted; i++) {
            try {
                TrafficResult result = lab.traffic(
                        new TrafficRequest(Stage.ROUTER, i % 2 == 0 ? to4 : to6, BURST, TrafficRequest.Protocol.TCP));
                answers.addAndGet(result.ok());
            } catch (CommandFailed interrupted) {
                // It counts answers only: too few are seen by whoever asks for them.
            }
        }
    }

    /** Connections that were answered until now. */
    long answers() {
        return answers.get();
    }

    @Override
    public void close() {
        wanted = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
