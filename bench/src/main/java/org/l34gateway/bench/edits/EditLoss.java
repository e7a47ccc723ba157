// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.dataplane.Cpu;
import org.l34gateway.bench.dataplane.Frames;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.program.ForwardingProgram;

/** Packets that are lost or reach the wrong target while programs change and the process that changes them is killed. */
public final class EditLoss {
    private static final int FLOWS = 500;
    private static final int CLIENTS = 250;
    private static final int FIRST_CLIENT_PORT = 1_024;
    private static final long SECOND_NANOS = 1_000_000_000;
    /** Of so many packets one may be lost without edits: the machine may be busy. */
    private static final int LEAST_USEFUL = 1_000;

    private static final int MOST_ATTEMPTS = 10;

    /** About what an edit takes: sooner or later in this time the process is killed. */
    private static final long MOST_WORK_NANOS = 10_000_000;

    private final int edits;
    private final int runs;
    private final FastPath fastPath;
    private final Consumer<String> say;

    /**
     * Measures nothing yet.
     *
     * @param edits of each run
     * @param runs each with other edits
     * @param fastPath with it, what the complete way does wrong does not show
     * @param say is told what goes on
     */
    public EditLoss(int edits, int runs, FastPath fastPath, Consumer<String> say) {
        this.edits = edits;
        this.runs = runs;
        this.fastPath = fastPath;
        this.say = say;
    }

    /** What runs lost and misled, less what the same number of packets does without edits. */
    public Figure measure() {
        say.accept("losses during " + edits + " edits in each of " + runs + " runs, at " + Passage.PACKETS_PER_SECOND
                + " packets a second, the process killed twice, fast path " + fastPath);
        return new Figure(
                IntStream.range(0, runs).mapToObj(run -> (double) measure(run)).toList());
    }

    private int measure(long seed) {
        List<Frames.Flow> flows = flows();
        Ways ways = Ways.of(programs(seed), flows);
        Course course = new Course();
        try (Bed bed = new Bed(Edits.ADDRESSES);
                Passage passage = new Passage(bed, flows, ways, course);
                Script script = new Script(bed, seed, course)) {
            script.apply(0);
            findNeighbours(passage);
            CompletableFuture<Integer> made = started("edits", script::run);
            Passage.Outcome busy = run(passage, () -> !made.isDone(), say);
            ended(made);
            Passage.Outcome quiet = run(passage, after(busy.nanos()), say);
            say.accept("with edits " + busy + "; without " + quiet);
            if (quiet.faults() > quiet.sent() / LEAST_USEFUL) {
                throw new IllegalStateException("without edits too many packets were lost to say anything: " + quiet);
            }
            return busy.faults() - quiet.faults();
        }
    }

    /** Until all packets arrive: a question for a neighbour that is lost is asked again after a second. */
    private static void findNeighbours(Passage passage) {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            if (run(passage, after(SECOND_NANOS), _ -> {}).faults() == 0) {
                return;
            }
        }
        throw new IllegalStateException("packets are lost before the first edit");
    }

    private List<ForwardingProgram> programs(long seed) {
        Edits sequence = new Edits(seed);
        List<ForwardingProgram> programs = new ArrayList<>(List.of(sequence.program()));
        for (int i = 0; i < edits; i++) {
            programs.add(sequence.next());
        }
        return programs;
    }

    private static BooleanSupplier after(long nanos) {
        long end = System.nanoTime() + nanos;
        return () -> System.nanoTime() < end;
    }

    private static Passage.Outcome run(Passage passage, BooleanSupplier goesOn, Consumer<String> teller) {
        return ended(started("packets", () -> {
            Cpu.take();
            return passage.run(goesOn, teller);
        }));
    }

    private static <T> CompletableFuture<T> started(String name, Supplier<T> work) {
        return CompletableFuture.supplyAsync(
                work, each -> Thread.ofPlatform().name(name).start(each));
    }

    private static <T> T ended(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException failed) {
            throw new IllegalStateException(String.valueOf(failed.getCause()), failed);
        }
    }

    /** Of both families, to every VIP that stays and to ports of each of its routes. */
    static List<Frames.Flow> flows() {
        return IntStream.range(0, FLOWS)
                .mapToObj(i -> {
                    boolean ipv4 = i % 2 == 0;
                    int service = i / 2 % Edits.SERVICES;
                    int client = 1 + i % CLIENTS;
                    return new Frames.Flow(
                            IpAddress.parse(ipv4 ? "30.0.0." + client : "fd30::" + Integer.toHexString(client)),
                            FIRST_CLIENT_PORT + i,
                            (ipv4 ? Edits.vip4(service) : Edits.vip6(service)).address(),
                            Edits.PORT - i % 3 * 80);
                })
                .toList();
    }

    /** Applies one edit after the other; twice the process is killed at work, and another one goes on. */
    private final class Script implements AutoCloseable {
        private final Bed bed;
        private final long seed;
        private final Course course;
        private final Set<Integer> kills = Set.of(edits / 3, edits * 2 / 3);
        private final Random dice;
        private AgentProcess agent;

        Script(Bed bed, long seed, Course course) {
            this.bed = bed;
            this.seed = seed;
            this.dice = new Random(seed);
            this.course = course;
            this.agent = AgentProcess.start(bed, seed, fastPath);
        }

        void apply(int edit) {
            course.begin(edit);
            agent.begin(edit);
            if (kills.contains(edit)) {
                LockSupport.parkNanos(dice.nextLong(MOST_WORK_NANOS));
                agent.kill();
                say.accept("killed at edit " + edit);
                agent = AgentProcess.start(bed, seed, fastPath);
                agent.begin(edit);
            }
            agent.end(edit);
            course.end(edit);
        }

        /** Returns how many it has applied. */
        int run() {
            for (int edit = 1; edit <= edits; edit++) {
                apply(edit);
            }
            return edits;
        }

        @Override
        public void close() {
            agent.close();
        }
    }
}
