// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A long-running process: it starts its parts, waits for SIGTERM (or for a part's {@link #fail}), and stops the parts in
 * the reverse order of their start. {@code --version} prints one line {@code NAME VERSION} and ends.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final String name;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private record Part(String name, AutoCloseable closer) {}

    /** Starts the parts and returns; what it registered is stopped later, also when it throws. */
    @FunctionalInterface
    public interface Body {
        void start(Daemon daemon, List<String> arguments) throws Exception;
    }

    /**
     * A process inside of another one, such as a test: whoever makes it closes it.
     *
     * @param name as in the version line and the logs
     */
    public Daemon(String name) {
        this.name = name;
    }

    /**
     * Runs the process and ends the JVM: exit code 0 after SIGTERM or SIGINT, 1 when the body or a part failed.
     *
     * @param name as in the version line and the logs
     */
    public static void main(String name, String[] arguments, Body body) {
        if (List.of(arguments).contains("--version")) {
            System.out.println(name + " " + Version.current());
            return;
        }
        Daemon daemon = new Daemon(name);
        // The hook holds the JVM until everything is stopped: SIGTERM ends it right after its hooks.
        Thread hook = Thread.ofPlatform().name("stop").unstarted(() -> {
            daemon.stopAsked.countDown();
            daemon.awaitStopped();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        Thread.setDefaultUncaughtExceptionHandler(daemon::uncaught);
        int code = daemon.run(List.of(arguments), body);
        Runtime.getRuntime().halt(code);
    }

    /** Everything but the JVM's end: returns the exit code after the parts were stopped. */
    int run(List<String> arguments, Body body) {
        LOG.info("starting name={} version={}", name, Version.current());
        try {
            body.start(this, arguments);
            stopAsked.await();
        } catch (InterruptedException e) {
            LOG.info("interrupted name={}", name);
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
        Throwable why = failure.get();
        if (why == null) {
            LOG.info("stopping name={}", name);
        } else {
            LOG.error("failing name={}", name, why);
        }
        close();
        stopped.countDown();
        return why == null ? 0 : 1;
    }

    /** Registers a part that runs now; parts are closed in reverse order, each by its own rules about how long. */
    public <T extends AutoCloseable> T with(String part, T closer) {
        synchronized (parts) {
            parts.push(new Part(part, closer));
        }
        return closer;
    }

    /** Ends the process with exit code 1, from any thread; the first failure is the one that is logged. */
    public void fail(Throwable why) {
        failure.compareAndSet(null, why);
        stopAsked.countDown();
    }

    /** After an {@link Error} a process without one of its threads would only wait for its liveness probe: it ends. */
    void uncaught(Thread thread, Throwable why) {
        LOG.error("uncaught thread={}", thread.getName(), why);
        if (why instanceof Error) {
            fail(why);
        }
    }

    /** Ends the process as SIGTERM does. */
    public void stop() {
        stopAsked.countDown();
    }

    /** Stops all parts, the last one first. */
    @Override
    public void close() {
        while (true) {
            Part part;
            synchronized (parts) {
                part = parts.poll();
            }
            if (part == null) {
                return;
            }
            long before = System.nanoTime();
            try {
                part.closer().close();
                LOG.info(
                        "stopped part={} millis={}",
                        part.name(),
                        Duration.ofNanos(System.nanoTime() - before).toMillis());
            } catch (Exception e) {
                // The other parts must be stopped all the same.
                LOG.warn("part={} did not stop cleanly", part.name(), e);
            }
        }
    }

    private void awaitStopped() {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
