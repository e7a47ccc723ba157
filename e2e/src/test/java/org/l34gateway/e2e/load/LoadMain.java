// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Sends at fixed rates to each address given until its standard input ends, then waits for the last answers and prints
 * every {@link Exchange}. Arguments: seed, port, then addresses. While it runs it prints, ten times a second, how many
 * datagrams were sent.
 */
public final class LoadMain {
    /** An answer that takes longer is none; three retransmissions of a SYN fit. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    /** To each address: new connections per second. */
    static final int CONNECTIONS_PER_SECOND = 50;
    /** To each address: connections that stay open. */
    static final int SESSIONS = 40;
    /** On each of them: lines per second. */
    static final int LINES_PER_SECOND = 5;
    /** To each address: datagrams per second, over all flows. */
    static final int DATAGRAMS_PER_SECOND = 1_000;
    /** To each address: UDP flows. */
    static final int DATAGRAM_FLOWS = 50;

    /** Printed before the exchanges. */
    static final String END = "end";

    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final Journal journal = new Journal();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> schedules = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();
    private final List<Datagrams> datagrams = new ArrayList<>();

    private LoadMain() {}

    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        var load = new LoadMain();
        Ports ports = new Ports(Long.parseLong(arguments[0]));
        int port = Integer.parseInt(arguments[1]);
        for (int i = 2; i < arguments.length; i++) {
            InetAddress address = InetAddress.ofLiteral(arguments[i]);
            load.start(new InetSocketAddress(address, port), address.getAddress().length == 16, ports);
        }
        load.every(10, () -> load.progress(out));
        awaitEndOfInput();
        load.stop();
        out.println(END);
        load.journal.print(out);
        out.flush();
        System.exit(0);
    }

    private void start(InetSocketAddress to, boolean ipv6, Ports ports) throws IOException {
        var connections = new Connections(to, ipv6, ports, journal);
        every(CONNECTIONS_PER_SECOND, () -> workers.execute(connections::make));
        List<Session> here = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            here.add(new Session(to, ipv6, ports, journal));
        }
        sessions.addAll(here);
        every(SESSIONS * LINES_PER_SECOND, new Round<>(here, session -> workers.execute(session::say)));
        List<Datagrams> flows = new ArrayList<>();
        for (int i = 0; i < DATAGRAM_FLOWS; i++) {
            flows.add(Datagrams.open(to, ipv6, ports, journal));
        }
        datagrams.addAll(flows);
        every(DATAGRAMS_PER_SECOND, new Round<>(flows, Datagrams::send));
    }

    /** Behind time it catches up: the rate does not depend on the answers. */
    private void every(int perSecond, Runnable step) {
        schedules.add(clock.scheduleAtFixedRate(step, 0, 1_000_000_000L / perSecond, TimeUnit.NANOSECONDS));
    }

    private void progress(PrintStream out) {
        out.println(journal.datagramsSent());
        out.flush();
    }

    private static void awaitEndOfInput() throws IOException {
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            in.lines().forEach(_ -> {});
        }
    }

    private void stop() throws InterruptedException, IOException {
        for (Future<?> schedule : schedules) {
            // A step that failed has ended its schedule: the load was not what it should be.
            if (schedule.state() == Future.State.FAILED) {
                throw new IllegalStateException("sending stopped", schedule.exceptionNow());
            }
        }
        clock.shutdown();
        clock.awaitTermination(1, TimeUnit.SECONDS);
        workers.shutdown();
        workers.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        // Nothing tells that no answer will come any more.
        new CountDownLatch(1).await(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
        sessions.forEach(Session::close);
        for (Datagrams flow : datagrams) {
            flow.close();
        }
    }
}
