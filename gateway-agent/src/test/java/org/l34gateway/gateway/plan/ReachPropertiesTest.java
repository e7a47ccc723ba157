// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;

/**
 * Several gateway pods, each with its own Reach, on a network that breaks and heals, with reports that are on their way
 * for up to 300 ms, failures that are noticed 600 to 950 ms late, and an API server that may be gone.
 */
class ReachPropertiesTest {
    private static final long STEP = Duration.ofMillis(50).toNanos();
    private static final int STEPS_UNTIL_CALM = 200;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random dice = new Random(seed);

    /** A gateway pod and how the others see it. */
    private final class Pod {
        final String uid;
        /** Which targets it can reach in truth. */
        final Set<IpAddress> reachable = new TreeSet<>();

        final Map<IpAddress, Long> silentSince = new HashMap<>();
        final Map<IpAddress, Long> dead = new HashMap<>();
        final long slowness = Duration.ofMillis(600 + dice.nextInt(350)).toNanos();
        boolean alive = true;
        int version;
        Reach reach = Reach.START;
        long answered;
        SortedMap<IpAddress, String> written = new TreeMap<>();
        boolean wroteIsolated;
        Peer visible = new Peer("", "", false, Map.of(), Map.of());
        List<OnItsWay> onTheWay = new ArrayList<>();

        Pod(String uid) {
            this.uid = uid;
        }

        private record OnItsWay(Peer report, int arrives) {}

        void probe(Set<IpAddress> targets, long now) {
            for (IpAddress target : targets) {
                if (reachable.contains(target)) {
                    silentSince.remove(target);
                    dead.remove(target);
                } else if (now - silentSince.computeIfAbsent(target, _ -> now) >= slowness) {
                    dead.putIfAbsent(target, now);
                }
            }
        }

        void writeIfNew(SortedMap<IpAddress, String> targets, int step) {
            boolean changed = !reach.unreachable().equals(written) || reach.isolated() != wroteIsolated;
            if (version > 0 && !changed && reach.pleas() == answered) {
                return;
            }
            version++;
            answered = reach.pleas();
            written = reach.unreachable();
            wroteIsolated = reach.isolated();
            Map<String, SortedSet<IpAddress>> unreachable = new HashMap<>();
            written.forEach((address, pod) ->
                    unreachable.computeIfAbsent(pod, _ -> new TreeSet<>()).add(address));
            Map<String, Set<IpFamily>> forwards = new HashMap<>();
            targets.forEach((address, pod) -> {
                if (!reach.masked().contains(address)) {
                    forwards.put(pod, Set.of(IpFamily.IPV4));
                }
            });
            Peer report = new Peer(uid, String.valueOf(version), wroteIsolated, unreachable, forwards);
            onTheWay.add(new OnItsWay(report, step + dice.nextInt(7)));
        }

        void arrive(int step) {
            onTheWay.removeIf(each -> {
                boolean there = each.arrives() <= step;
                if (there && Integer.parseInt(each.report().version()) >= versionVisible()) {
                    visible = each.report();
                }
                return there;
            });
        }

        private int versionVisible() {
            return visible.version().isEmpty() ? 0 : Integer.parseInt(visible.version());
        }
    }

    private int step;

    private void run(List<Pod> pods, SortedMap<IpAddress, String> targets, boolean apiServer, int steps) {
        for (int i = 0; i < steps; i++, step++) {
            long now = step * STEP;
            for (Pod pod : pods) {
                if (apiServer) {
                    pod.arrive(step);
                }
            }
            for (Pod pod : pods) {
                if (!pod.alive) {
                    continue;
                }
                pod.probe(targets.keySet(), now);
                List<Peer> others = new ArrayList<>();
                for (Pod other : pods) {
                    if (other != pod && !other.visible.version().isEmpty()) {
                        others.add(other.visible);
                    }
                }
                pod.reach = pod.reach.next(targets, Set.of(), pod.dead, others, now);
                pod.writeIfNew(targets, step);
                assertEachMoment(pod, targets);
            }
        }
    }

    private void assertEachMoment(Pod pod, SortedMap<IpAddress, String> targets) {
        int reached = targets.size() - pod.dead.size();
        if (reached > 0) {
            assertThat(pod.reach.masked().size())
                    .as("repeat with -Dseed=%d: something is left", seed)
                    .isLessThan(targets.size());
        }
        if (pod.reach.isolated()) {
            assertThat(pod.reach.masked()).as("repeat with -Dseed=%d", seed).isEmpty();
        }
    }

    /** Breaks the network: targets die for all, pods lose a part of the rest, or all of it. */
    private void breakSomething(List<Pod> pods, SortedMap<IpAddress, String> targets) {
        Set<IpAddress> alive = new TreeSet<>(targets.keySet());
        int kind = dice.nextInt(4);
        alive.removeIf(_ -> dice.nextInt(4) < kind);
        for (Pod pod : pods) {
            pod.reachable.clear();
            int lost = dice.nextInt(6);
            for (IpAddress target : alive) {
                if (lost < 3 || (lost != 5 && dice.nextInt(10) >= 2 * lost)) {
                    pod.reachable.add(target);
                }
            }
        }
    }

    @Test
    void whatever_breaks_the_best_pod_stays_and_when_it_heals_nobody_is_left_out() {
        for (int round = 0; round < 300; round++) {
            String repeat = "repeat with -Dseed=" + seed + ", round " + round;
            SortedMap<IpAddress, String> targets = ReachTest.targets(1 + dice.nextInt(12));
            List<Pod> pods = new ArrayList<>();
            int count = 1 + dice.nextInt(4);
            for (int i = 0; i < count; i++) {
                Pod pod = new Pod("gw-" + i);
                pod.reachable.addAll(targets.keySet());
                pods.add(pod);
            }
            run(pods, targets, true, 40);

            breakSomething(pods, targets);
            run(pods, targets, true, STEPS_UNTIL_CALM);
            int best = pods.stream().mapToInt(pod -> pod.reachable.size()).max().orElseThrow();
            for (Pod pod : pods) {
                if (pod.reachable.size() == best && best > 0) {
                    assertThat(pod.reach.isolated())
                            .as(repeat + ": the best stays")
                            .isFalse();
                }
                boolean sees = pod.reachable.size() * 10 >= targets.size();
                if (!pod.reach.isolated() && sees && !pod.reachable.isEmpty()) {
                    assertThat(pod.reach.masked())
                            .as(repeat + ": what does not answer is left out")
                            .containsAll(pod.dead.keySet());
                }
            }

            pods.forEach(pod -> pod.reachable.addAll(targets.keySet()));
            run(pods, targets, true, STEPS_UNTIL_CALM);
            for (Pod pod : pods) {
                assertThat(pod.reach.masked()).as(repeat).isEmpty();
                assertThat(pod.reach.isolated()).as(repeat).isFalse();
            }
        }
    }

    /** The rack with the control plane, a gateway pod and most targets is gone: the rest must go on. */
    @Test
    void without_api_server_and_without_news_nobody_who_reaches_a_target_goes() {
        for (int round = 0; round < 300; round++) {
            SortedMap<IpAddress, String> targets = ReachTest.targets(2 + dice.nextInt(11));
            List<Pod> pods = new ArrayList<>(List.of(new Pod("gw-0"), new Pod("gw-1"), new Pod("gw-2")));
            pods.forEach(pod -> pod.reachable.addAll(targets.keySet()));
            run(pods, targets, true, 40);
            pods.getLast().alive = false;
            boolean apiServer = dice.nextBoolean();
            Set<IpAddress> left = new TreeSet<>(targets.keySet());
            left.removeIf(_ -> dice.nextInt(3) > 0);
            pods.forEach(pod -> pod.reachable.retainAll(left));
            run(pods, targets, apiServer, STEPS_UNTIL_CALM);
            if (!left.isEmpty()) {
                for (Pod pod : pods.subList(0, 2)) {
                    assertThat(pod.reach.isolated())
                            .as("repeat with -Dseed=%d, round %d", seed, round)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void a_pod_that_alone_reaches_nobody_goes() {
        for (int round = 0; round < 100; round++) {
            SortedMap<IpAddress, String> targets = ReachTest.targets(2 + dice.nextInt(11));
            List<Pod> pods = List.of(new Pod("gw-0"), new Pod("gw-1"));
            pods.forEach(pod -> pod.reachable.addAll(targets.keySet()));
            run(pods, targets, true, 40);
            pods.getFirst().reachable.clear();
            run(pods, targets, true, Math.toIntExact(Duration.ofMillis(3_200).toNanos() / STEP));
            assertThat(pods.getFirst().reach.isolated())
                    .as("repeat with -Dseed=%d, round %d", seed, round)
                    .isTrue();
            assertThat(pods.getLast().reach.isolated()).isFalse();
            assertThat(pods.getLast().reach.masked()).isEmpty();
        }
    }
}
