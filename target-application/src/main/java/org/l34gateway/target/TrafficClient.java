// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.l34gateway.target.Connection.Answered;
import org.l34gateway.target.Connection.Failed;
import org.l34gateway.target.TrafficResult.Latency;

/** Opens connections to a target-application and counts who answered. Runs in the caller's network namespace. */
public final class TrafficClient {
    private TrafficClient() {}

    /** Makes all connections of the plan; failures are part of the result, never an exception. */
    public static TrafficResult run(TrafficPlan plan) throws InterruptedException {
        var made = new ConcurrentLinkedQueue<Connection>();
        var places = new Semaphore(plan.parallel());
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(TrafficClient::clockThread);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < plan.connections(); i++) {
                places.acquire();
                threads.execute(() -> {
                    try {
                        made.add(Connection.make(plan, clock));
                    } finally {
                        places.release();
                    }
                });
            }
        }
        return summary(made);
    }

    private static TrafficResult summary(Iterable<Connection> made) {
        var targets = new TreeMap<String, Integer>();
        var failures = new TreeMap<String, Integer>();
        var nanos = LongStream.builder();
        for (var connection : made) {
            switch (connection) {
                case Answered(String target, long took) -> {
                    targets.merge(target, 1, Integer::sum);
                    nanos.add(took);
                }
                case Failed(String reason) -> failures.merge(reason, 1, Integer::sum);
            }
        }
        return new TrafficResult(targets, failures, Latency.of(nanos.build().toArray()));
    }

    private static Thread clockThread(Runnable loop) {
        return Thread.ofPlatform().daemon().name("timeouts").unstarted(loop);
    }
}
