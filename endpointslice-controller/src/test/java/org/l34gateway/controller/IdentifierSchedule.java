// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.l34gateway.api.Names;
import org.l34gateway.runtime.write.WritesForbidden;
import org.l34gateway.runtime.write.Written;

/** One random course of events around one Service, and what is seen of it. */
final class IdentifierSchedule {
    private static final int STEPS = 40;
    private static final Pod POD = Fixtures.target("pod", "web", "169.222.100.1");
    private static final Service SERVICE = Fixtures.service("web", "gw");

    private final long seed;
    private final KubernetesClient nowhere;
    private final Random dice;
    private final MemoryCluster cluster = new MemoryCluster();
    private final List<HasMetadata> configuration =
            new ArrayList<>(List.of(Fixtures.gateway("gw"), Fixtures.route("r", "gw", "web", "20.0.0.1/32"), SERVICE));
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final IdentifierWitness witness;
    private final List<String> story = new ArrayList<>();
    private int capacity;
    private int serial;
    private long terms;
    private long now;
    /** How deep writes are interrupted by other leaders. */
    private int interrupted;

    private boolean calm;

    IdentifierSchedule(long seed, KubernetesClient nowhere) {
        this.seed = seed;
        this.nowhere = nowhere;
        this.dice = new Random(seed);
        this.capacity = 1 + dice.nextInt(6);
        configuration.set(2, sized(capacity));
        this.witness = new IdentifierWitness(cluster, dice, service());
        replicas.add(replica());
        replicas.add(replica());
        elect(replicas.getFirst());
    }

    /** What went wrong; empty when nothing did. */
    List<String> broken() {
        return witness.broken();
    }

    String story() {
        return "repeat with -Dseed=" + seed + "\n" + String.join("\n", story);
    }

    void play() {
        for (int step = 0; step < STEPS && broken().isEmpty(); step++) {
            event();
            replicas.forEach(SimulatedReplica::hear);
            replicas.stream().filter(SimulatedReplica::leads).toList().forEach(SimulatedReplica::run);
            witness.look();
        }
        settle();
    }

    private void event() {
        switch (dice.nextInt(13)) {
            case 0, 1, 2 -> appear();
            case 3, 4 -> somePod(pod -> change("readdressed", addressed(pod)));
            case 5 -> somePod(pod -> change("ready or not", readied(pod)));
            case 6 -> somePod(pod -> change("terminating", terminating(pod)));
            case 7, 8 -> somePod(this::disappear);
            case 9 -> grow();
            case 10 -> die();
            case 11 -> vandalise();
            default -> now += Duration.ofSeconds(dice.nextInt(13)).toNanos();
        }
    }

    private void appear() {
        String name = "pod-" + serial++;
        Pod pod = new PodBuilder(POD)
                .editMetadata()
                .withName(name)
                .withUid("uid-" + dice.nextInt(100) + "-" + name)
                .withCreationTimestamp(Instant.EPOCH.plusSeconds(serial).toString())
                .endMetadata()
                .build();
        change("new", addressed(pod));
    }

    private void change(String what, Pod pod) {
        tell(what + " " + pod.getMetadata().getUid());
        cluster.put(pod);
    }

    private void disappear(Pod pod) {
        tell("gone " + pod.getMetadata().getUid());
        cluster.remove(pod);
    }

    private void somePod(Consumer<Pod> event) {
        List<Pod> pods = cluster.podsAt(cluster.version());
        if (!pods.isEmpty()) {
            event.accept(pods.get(dice.nextInt(pods.size())));
        }
    }

    /** Addresses of any families, or none for a while. */
    private Pod addressed(Pod pod) {
        int number = dice.nextInt(250);
        List<String> ips = Stream.of("169.222.100." + number, "fd00::" + number)
                .filter(_ -> dice.nextInt(3) > 0)
                .map(ip -> "\"" + ip + "\"")
                .toList();
        return new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(
                        Names.MULTUS_NETWORK_STATUS,
                        "[{\"name\":\"shop/macvlan-nad-2\",\"interface\":\"net2\",\"ips\":[" + String.join(",", ips)
                                + "]}]")
                .endMetadata()
                .build();
    }

    private Pod readied(Pod pod) {
        String ready = dice.nextInt(3) > 0 ? "True" : "False";
        return new PodBuilder(pod)
                .editStatus()
                .editFirstCondition()
                .withStatus(ready)
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod terminating(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
    }

    private void grow() {
        capacity += dice.nextInt(2);
        tell("capacity " + capacity);
        configuration.set(2, sized(capacity));
        witness.service(service());
    }

    private static Service sized(int capacity) {
        return new ServiceBuilder(SERVICE)
                .editMetadata()
                .addToLabels(Names.MAX_ENDPOINTS_LABEL, Integer.toString(capacity))
                .endMetadata()
                .build();
    }

    private Service service() {
        return (Service) configuration.get(2);
    }

    /** A leader dies, or is deposed and does not know; a fresh process or the other replica leads. */
    private void die() {
        if (dice.nextBoolean()) {
            replicas.set(0, replica());
        }
        Collections.reverse(replicas);
        elect(replicas.getFirst());
    }

    private void elect(SimulatedReplica leader) {
        tell("another leads");
        replicas.forEach(each -> each.lead(0));
        leader.lead(++terms);
    }

    private SimulatedReplica replica() {
        return new SimulatedReplica(cluster, configuration, nowhere, () -> now, dice, this::fate);
    }

    private Written<EndpointSlice> fate(SimulatedReplica writer, Supplier<Written<EndpointSlice>> write) {
        int fate = calm ? 100 : dice.nextInt(24);
        if (fate == 0) {
            tell("died before a write");
            throw new WritesForbidden("cut");
        }
        if (fate == 1 && interrupted == 0 && writer.leads()) {
            tell("a write is under way");
            interrupted++;
            die();
            for (int i = dice.nextInt(4); i > 0; i--) {
                replicas.forEach(SimulatedReplica::hear);
                replicas.getFirst().run();
            }
            interrupted--;
        }
        Written<EndpointSlice> written = write.get();
        tell("wrote " + (written instanceof Written.Done<EndpointSlice>(var slice) ? text(slice) : written.toString()));
        witness.look();
        if (fate == 2) {
            tell("died after a write");
            throw new WritesForbidden("cut");
        }
        return written;
    }

    /** One annotation or slice is lost: never while the slices differ, since then one alone may know something. */
    private void vandalise() {
        List<EndpointSlice> slices = cluster.slicesAt(cluster.version());
        if (slices.size() < 2
                || slices.stream()
                                .map(slice -> slice.getMetadata().getAnnotations())
                                .distinct()
                                .count()
                        > 1) {
            return;
        }
        EndpointSlice victim = slices.get(dice.nextInt(slices.size()));
        tell("vandalised " + victim.getMetadata().getName());
        Written<EndpointSlice> _ = switch (dice.nextInt(3)) {
            case 0 -> cluster.delete(victim);
            case 1 -> cluster.apply(annotated(victim, Map.of()));
            default -> cluster.apply(annotated(victim, Map.of(Names.TARGETS_ANNOTATION, "mine now")));
        };
    }

    private static EndpointSlice annotated(EndpointSlice slice, Map<String, String> annotations) {
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }

    /** Nothing happens any more, and everybody hears of everything. */
    private void settle() {
        calm = true;
        for (int i = 0; i < 6 && broken().isEmpty(); i++) {
            replicas.forEach(SimulatedReplica::hearEverything);
            replicas.getFirst().run();
            now += Duration.ofSeconds(11).toNanos();
        }
        witness.lookAtTheEnd();
    }

    private void tell(String what) {
        story.add(what);
    }

    private static String text(EndpointSlice slice) {
        return slice.getMetadata().getName() + "@" + slice.getMetadata().getResourceVersion() + " "
                + slice.getMetadata().getAnnotations();
    }
}
