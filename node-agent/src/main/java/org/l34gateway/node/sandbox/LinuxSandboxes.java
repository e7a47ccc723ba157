// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Holdings;
import org.l34gateway.cni.PodRef;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.cni.sbr.RouteAttachment;
import org.l34gateway.cni.vip.VipAttachment;
import org.l34gateway.netlink.KernelRefused;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.Target;

/** Sandboxes in the kernel, over the attachment records and the libraries of the plugins. For platform threads only. */
public final class LinuxSandboxes implements Sandboxes {
    private final AttachmentRecords records;
    private final NetnsDirectory directory;
    /** By sandbox. */
    private final Map<String, List<AttachmentRecord>> known = new ConcurrentHashMap<>();

    private @Nullable List<SandboxChoice.Room> allRooms;

    /**
     * Sandboxes of this node.
     *
     * @param netnsDir the runtime's bind mounts of namespaces, as this process sees them
     */
    public LinuxSandboxes(AttachmentRecords records, Path netnsDir) {
        this.records = records;
        this.directory = new NetnsDirectory(records.host(), netnsDir);
    }

    @Override
    public void look() {
        Map<String, List<AttachmentRecord>> found = new HashMap<>();
        for (AttachmentRecord record : records.list()) {
            found.computeIfAbsent(record.who().key().containerId(), _ -> new ArrayList<>())
                    .add(record);
        }
        known.keySet().retainAll(found.keySet());
        known.putAll(found);
        forgetRooms();
    }

    private synchronized void forgetRooms() {
        allRooms = null;
    }

    private Stream<AttachmentRecord> all() {
        return known.values().stream().flatMap(List::stream);
    }

    @Override
    public boolean hasRecords(PodFacts pod) {
        return all().anyMatch(record -> isOf(record, pod));
    }

    private static boolean isOf(AttachmentRecord record, PodFacts pod) {
        PodRef ref = record.who().pod();
        boolean named = ref.namespace().equals(pod.namespace()) && ref.name().equals(pod.name());
        return AttachmentKey.ofInterface(record.who().key().ifname()).isPresent()
                && (ref.uid().isEmpty() ? named : ref.uid().equals(pod.uid()));
    }

    @Override
    public Placement find(PodFacts pod, boolean adopt) {
        try {
            return SandboxChoice.choose(pod.addresses(), recordedRooms(pod), adopt ? this::allRooms : List::of);
        } catch (KernelRefused | UncheckedIOException refused) {
            throw new SandboxRefused("looking for the sandbox of " + pod.label(), refused);
        }
    }

    private List<SandboxChoice.Room> recordedRooms(PodFacts pod) {
        Map<String, SandboxChoice.Room> rooms = new TreeMap<>();
        all().filter(record -> isOf(record, pod)).forEach(record -> {
            String id = record.who().key().containerId();
            if (!rooms.containsKey(id)) {
                directory
                        .locate(record.who().netns())
                        .map(path -> new Sandbox(id, path))
                        .flatMap(directory::room)
                        .ifPresent(room -> rooms.put(id, room));
            }
        });
        return List.copyOf(rooms.values());
    }

    /** Many pods may be searched in one run, so the directory is read once for all of them. */
    private synchronized List<SandboxChoice.Room> allRooms() {
        if (allRooms == null) {
            allRooms = directory.all();
        }
        return allRooms;
    }

    @Override
    public Reading read(Sandbox sandbox) {
        try (Namespace netns = records.host().namespace(sandbox.netns())) {
            return read(netns, known.getOrDefault(sandbox.id(), List.of()));
        } catch (KernelRefused refused) {
            throw new SandboxRefused("reading sandbox " + sandbox.id(), refused);
        }
    }

    private static Reading read(Namespace netns, List<AttachmentRecord> recorded) {
        SandboxReading reading = new SandboxReading(new Rtnetlink(netns.netlink()));
        Map<AttachmentKey, Held> held = new HashMap<>();
        byGateway(recorded)
                .forEach((key, holdings) ->
                        held.put(key, reading.held(holdings.gatewayName(), holdings.vips(), holdings.routes(), netns)));
        return new Reading(reading.primaryAddresses(), reading.networks(), reading.links(), reading.tentative(), held);
    }

    /** What the records of one Gateway in a sandbox tell. */
    private record Recorded(String gatewayName, Holdings vips, Holdings routes) {}

    private static Map<AttachmentKey, Recorded> byGateway(List<AttachmentRecord> recorded) {
        Map<AttachmentKey, Recorded> byGateway = new TreeMap<>();
        for (AttachmentRecord record : recorded) {
            AttachmentKey.ofInterface(record.who().key().ifname()).ifPresent(key -> {
                Recorded before = byGateway.getOrDefault(
                        key, new Recorded(record.who().gateway().name(), Holdings.NONE, Holdings.NONE));
                boolean isVip = record.who().key().ifname().equals(key.vipInterface());
                byGateway.put(
                        key,
                        new Recorded(
                                before.gatewayName(),
                                isVip ? record.holds() : before.vips(),
                                isVip ? before.routes() : record.holds()));
            });
        }
        return byGateway;
    }

    @Override
    public Applied apply(PodFacts pod, Sandbox sandbox, SortedMap<AttachmentKey, Target> targets, Reading before) {
        try (SandboxLock lock = records.lock(sandbox.id());
                Namespace netns = records.host().namespace(sandbox.netns())) {
            try {
                write(new AttachmentWriter(lock, netns, sandbox, pod), targets, before.held());
            } finally {
                known.put(sandbox.id(), lock.all());
            }
            Reading after = read(netns, lock.all());
            return new Applied(Difference.between(before, after), after);
        } catch (KernelRefused | CniError refused) {
            throw new SandboxRefused("changing sandbox " + sandbox.id(), refused);
        }
    }

    private static void write(
            AttachmentWriter writer, SortedMap<AttachmentKey, Target> targets, Map<AttachmentKey, Held> before) {
        // A VIP that moves to another Gateway is there before it is taken from the first.
        targets.forEach((key, target) -> {
            if (!target.isEmpty() || !before.containsKey(key)) {
                writer.hold(key, target, before.getOrDefault(key, Held.NOTHING));
            }
        });
        targets.forEach((key, target) -> {
            if (target.isEmpty() && before.containsKey(key)) {
                writer.empty(key, target);
            }
        });
    }

    @Override
    public List<String> collectGarbage(Collection<PodFacts> present) {
        List<String> dropped = new ArrayList<>();
        int stale = records.removeStale();
        if (stale > 0) {
            dropped.add(stale + " of an earlier boot");
        }
        look();
        Set<String> live = new HashSet<>();
        for (PodFacts pod : present) {
            List<SandboxChoice.Room> rooms = recordedRooms(pod);
            // While none of its namespaces can be seen, a present pod's records stay: the mount may be what is missing.
            all().filter(record -> isOf(record, pod))
                    .map(record -> record.who().key().containerId())
                    .filter(id -> rooms.isEmpty()
                            || rooms.stream()
                                    .anyMatch(room -> room.sandbox().id().equals(id)))
                    .forEach(live::add);
        }
        for (AttachmentRecord record : all().toList()) {
            String id = record.who().key().containerId();
            Optional<AttachmentKey> key =
                    AttachmentKey.ofInterface(record.who().key().ifname());
            if (key.isPresent() && !live.contains(id) && isGone(record)) {
                drop(record);
                dropped.add(record.who().key().toString());
            }
        }
        look();
        return dropped;
    }

    private boolean isGone(AttachmentRecord record) {
        return directory
                .locate(record.who().netns())
                .flatMap(path -> directory.room(new Sandbox(record.who().key().containerId(), path)))
                .isEmpty();
    }

    private void drop(AttachmentRecord record) {
        if (record.plugin().equals(VipAttachment.PLUGIN)) {
            VipAttachment.remove(records, record.who().key(), "");
        } else {
            RouteAttachment.remove(records, record.who().key(), "");
        }
    }
}
