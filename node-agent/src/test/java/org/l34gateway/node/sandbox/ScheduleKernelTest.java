// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.host.JvmHost;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.cni.sbr.RouteAttachment;
import org.l34gateway.cni.sbr.RoutePlugin;
import org.l34gateway.cni.testing.Answer;
import org.l34gateway.cni.testing.Call;
import org.l34gateway.cni.testing.PluginExecutable;
import org.l34gateway.cni.vip.VipAttachment;
import org.l34gateway.cni.vip.VipPlugin;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.NetlinkSocket;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.testing.InScratchNetns;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Route;
import org.l34gateway.netlink.RouteProtocol;
import org.l34gateway.netlink.Rtnetlink;
import org.l34gateway.netlink.Rule;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.Target;

/**
 * Both plugins and node-agent at the same attachments of two pods: one after the other the last word counts, at once
 * nothing fails and records are true, and in the end nothing is left. {@code ./l34 soak} draws more schedules.
 */
@Tag("kernel")
@Tag("soak")
@ExtendWith(InScratchNetns.class)
class ScheduleKernelTest {
    private static final int SCHEDULES = Integer.getInteger("cni.schedules", 50);
    private static final int THREADS = 4;

    private static final List<String> VIPS =
            List.of("20.0.0.1/32", "20.0.0.2/32", "20.0.1.0/24", "2000::1/128", "2000:1::/64");
    private static final List<String> NEXT_HOPS = List.of("169.254.100.1", "169.254.100.2", "fd00::1", "fd00::2");
    private static final List<String> SYSCTLS = List.of(
            "net/ipv4/fib_multipath_hash_policy",
            "net/ipv6/fib_multipath_hash_policy",
            "net/ipv4/fib_multipath_use_neigh",
            "net/ipv4/conf/all/arp_announce",
            "net/ipv4/conf/all/arp_ignore");
    private static final List<AttachmentKey> GATEWAYS =
            List.of(new AttachmentKey("0000000000a"), new AttachmentKey("0000000000b"));

    @TempDir
    private Path data;

    private record Pod(String id, ScratchNetns netns) {}

    /** One thing that somebody does to what a pod has of a Gateway. */
    private sealed interface Step {
        Pod pod();

        AttachmentKey gateway();

        record AddVips(Pod pod, AttachmentKey gateway, Target target) implements Step {}

        record DelVips(Pod pod, AttachmentKey gateway) implements Step {}

        record AddRoutes(Pod pod, AttachmentKey gateway, Target target) implements Step {}

        record DelRoutes(Pod pod, AttachmentKey gateway) implements Step {}

        record Hold(Pod pod, AttachmentKey gateway, Target target) implements Step {}

        record Empty(Pod pod, AttachmentKey gateway) implements Step {}
    }

    /** What one pod must have: Gateway → VIPs on lo, Gateway → sources and next hops. */
    private record Expected(SortedMap<AttachmentKey, Target> vips, SortedMap<AttachmentKey, Target> routes) {
        void after(Step step) {
            switch (step) {
                case Step.AddVips(Pod _, AttachmentKey gateway, Target target) -> vips.put(gateway, target);
                case Step.DelVips(Pod _, AttachmentKey gateway) -> vips.remove(gateway);
                case Step.AddRoutes(Pod _, AttachmentKey gateway, Target target) -> routes.put(gateway, target);
                case Step.DelRoutes(Pod _, AttachmentKey gateway) -> routes.remove(gateway);
                case Step.Hold(Pod _, AttachmentKey gateway, Target target) -> {
                    vips.put(gateway, target);
                    routes.put(gateway, target);
                }
                case Step.Empty(Pod _, AttachmentKey gateway) -> {
                    vips.remove(gateway);
                    routes.remove(gateway);
                }
            }
        }

        /** As {@link #held} says it. */
        List<String> lines() {
            SortedSet<String> onLoopback = new TreeSet<>();
            vips.values().forEach(target -> target.vips().forEach(vip -> onLoopback.add("local " + vip)));
            List<String> lines = new ArrayList<>(onLoopback);
            for (Target target : routes.values()) {
                for (IpPrefix source : target.vips()) {
                    List<IpAddress> nextHops = target.nextHops().stream()
                            .filter(hop -> hop.family() == source.family())
                            .toList();
                    lines.add("from " + source + " via " + nextHops);
                }
            }
            return lines.stream().sorted().toList();
        }
    }

    @Test
    void whatever_the_order_the_last_word_counts_and_nothing_is_left(ScratchNetns first, ScratchNetns second)
            throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        List<Pod> pods = List.of(new Pod("c1", first), new Pod("c2", second));
        pods.forEach(pod -> connect(pod.netns()));
        Map<Pod, List<String>> untouched = new HashMap<>();
        pods.forEach(pod -> untouched.put(pod, everything(pod)));
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < SCHEDULES; i++) {
                var dice = new Random(seed + i);
                String repeat = "repeat with -Dseed=" + (seed + i);
                if (dice.nextBoolean()) {
                    oneAfterTheOther(draw(pods, dice), repeat);
                } else {
                    atOnce(draw(pods, dice), threads, dice, repeat);
                }
                for (Pod pod : pods) {
                    for (AttachmentKey gateway : GATEWAYS) {
                        run(new Step.DelVips(pod, gateway));
                        run(new Step.DelRoutes(pod, gateway));
                    }
                    assertThat(everything(pod)).as(repeat).isEqualTo(untouched.get(pod));
                }
                assertThat(data).as(repeat).isEmptyDirectory();
            }
        }
    }

    private void oneAfterTheOther(List<Step> steps, String repeat) {
        Map<Pod, Expected> expected = new HashMap<>();
        for (Step step : steps) {
            run(step);
            Expected now = expected.computeIfAbsent(step.pod(), _ -> new Expected(new TreeMap<>(), new TreeMap<>()));
            now.after(step);
            assertThat(held(step.pod())).as("%s: %s of %s", repeat, step, steps).isEqualTo(now.lines());
        }
    }

    /** Each thread takes the next step from a list in which some are twice. */
    private void atOnce(List<Step> steps, ExecutorService threads, Random dice, String repeat) throws Exception {
        List<Step> shuffled = new ArrayList<>(steps);
        shuffled.addAll(steps.subList(0, steps.size() / 2));
        Collections.shuffle(shuffled, dice);
        List<Callable<Step>> calls = new ArrayList<>();
        shuffled.forEach(step -> calls.add(() -> {
            run(step);
            return step;
        }));
        for (var done : threads.invokeAll(calls)) {
            done.get();
        }
        var records = records();
        for (AttachmentRecord record : records.list()) {
            String netns = record.who().netns();
            boolean isVip = record.plugin().equals(VipAttachment.PLUGIN);
            assertThat(
                            isVip
                                    ? VipAttachment.missing(
                                                    records, record.who().key(), netns)
                                            .toString()
                                    : "[]")
                    .as(repeat)
                    .isEqualTo("[]");
            assertThat(
                            isVip
                                    ? ""
                                    : RouteAttachment.difference(
                                            records, record.who().key(), netns))
                    .as(repeat)
                    .isEmpty();
        }
    }

    private static List<Step> draw(List<Pod> pods, Random dice) {
        List<Step> steps = new ArrayList<>();
        for (int length = 4 + dice.nextInt(12); length > 0; length--) {
            Pod pod = pods.get(dice.nextInt(pods.size()));
            AttachmentKey gateway = GATEWAYS.get(dice.nextInt(GATEWAYS.size()));
            Target target = new Target("gw", parsed(some(VIPS, dice)), nextHops(dice));
            steps.add(
                    switch (dice.nextInt(6)) {
                        case 0 -> new Step.AddVips(pod, gateway, target);
                        case 1 -> new Step.DelVips(pod, gateway);
                        case 2 -> new Step.AddRoutes(pod, gateway, target);
                        case 3 -> new Step.DelRoutes(pod, gateway);
                        case 4 -> new Step.Hold(pod, gateway, target);
                        default -> new Step.Empty(pod, gateway);
                    });
        }
        return steps;
    }

    private static List<String> some(List<String> all, Random dice) {
        return all.stream().filter(_ -> dice.nextBoolean()).toList();
    }

    private static SortedSet<IpPrefix> parsed(List<String> prefixes) {
        return prefixes.stream().map(IpPrefix::parse).collect(Collectors.toCollection(TreeSet::new));
    }

    private static SortedSet<IpAddress> nextHops(Random dice) {
        return some(NEXT_HOPS, dice).stream().map(IpAddress::parse).collect(Collectors.toCollection(TreeSet::new));
    }

    private void run(Step step) {
        AttachmentKey gateway = step.gateway();
        switch (step) {
            case Step.AddVips(Pod pod, AttachmentKey _, Target target) ->
                call(new VipPlugin(), "ADD", pod, gateway.vipInterface(), "\"vips\":" + strings(target.vips()));
            case Step.DelVips(Pod pod, AttachmentKey _) ->
                call(new VipPlugin(), "DEL", pod, gateway.vipInterface(), "");
            case Step.AddRoutes(Pod pod, AttachmentKey _, Target target) ->
                call(new RoutePlugin(), "ADD", pod, gateway.routeInterface(), arguments(target));
            case Step.DelRoutes(Pod pod, AttachmentKey _) ->
                call(new RoutePlugin(), "DEL", pod, gateway.routeInterface(), "");
            case Step.Hold(Pod pod, AttachmentKey _, Target target) ->
                write(pod, writer -> writer.hold(gateway, target, Held.NOTHING));
            case Step.Empty(Pod pod, AttachmentKey _) ->
                write(pod, writer -> writer.empty(gateway, new Target("gw", new TreeSet<>(), new TreeSet<>())));
        }
    }

    private void call(Plugin plugin, String command, Pod pod, String ifname, String arguments) {
        Answer answer = Call.of(command, pod.netns().path(), data, arguments)
                .with("CNI_CONTAINERID", pod.id())
                .with("CNI_IFNAME", ifname)
                .on(new PluginExecutable.InThisJvm(plugin));
        assertThat(answer.code()).as("%s of %s: %s", command, ifname, answer).isZero();
    }

    private static String arguments(Target target) {
        String sources = target.vips().stream()
                .map(vip -> "{\"srcPrefix\":\"" + vip + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
        return "\"policyRoutes\":" + sources + ",\"gateways\":" + strings(target.nextHops());
    }

    private static String strings(Collection<?> values) {
        return values.stream().map(value -> "\"" + value + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    private void write(Pod pod, Consumer<AttachmentWriter> step) {
        PodFacts facts = new PodFacts("red", "target-1", "u-1", new TreeSet<>(), false, false, null);
        Sandbox sandbox = new Sandbox(pod.id(), pod.netns().path().toString());
        try (SandboxLock lock = records().lock(pod.id());
                Namespace netns = new JvmHost().namespace(sandbox.netns())) {
            step.accept(new AttachmentWriter(lock, netns, sandbox, facts));
        }
    }

    private AttachmentRecords records() {
        return new AttachmentRecords(new JvmHost(), data.toString());
    }

    private static void connect(ScratchNetns pod) {
        inside(pod, kernel -> {
            kernel.addVeth("v0", "v1");
            int v0 = Objects.requireNonNull(kernel.link("v0")).index();
            kernel.setUp(v0, true);
            kernel.setUp(Objects.requireNonNull(kernel.link("v1")).index(), true);
            kernel.add(new Address(v0, IpAddress.parse("169.254.100.5"), 24, 0, 0, 0));
            return kernel.add(new Address(v0, IpAddress.parse("fd00::5"), 64, 0, Address.FLAG_NODAD, 0));
        });
    }

    /** What the kernel of a pod has of ours, one line for each VIP and each rule. */
    private static List<String> held(Pod pod) {
        return inside(pod.netns(), kernel -> {
            List<String> lines = new ArrayList<>();
            for (Address address : kernel.addresses()) {
                if (address.protocol() == RouteProtocol.L34) {
                    lines.add("local " + address.prefix());
                }
            }
            for (IpFamily family : IpFamily.values()) {
                List<Route> routes = kernel.routes(family);
                for (Route route : routes) {
                    if (route.protocol() == RouteProtocol.L34 && route.table() == Route.TABLE_LOCAL) {
                        lines.add("local " + route.destination());
                    }
                }
                for (Rule rule : kernel.rules(family)) {
                    if (rule.protocol() == RouteProtocol.L34) {
                        lines.add("from " + rule.source() + " via " + gateways(routes, rule.table()));
                    }
                }
            }
            return lines.stream().sorted().toList();
        });
    }

    private static List<IpAddress> gateways(List<Route> routes, int table) {
        return routes.stream()
                .filter(route -> route.table() == table)
                .flatMap(route -> route.nextHops().stream())
                .map(NextHop::gateway)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
    }

    /** Sysctls, addresses, rules, and routes but the kernel's own, some of which come a moment after the link. */
    private static List<String> everything(Pod pod) {
        return inside(pod.netns(), kernel -> {
            List<String> lines = new ArrayList<>();
            for (String name : SYSCTLS) {
                lines.add(name + " = " + Sysctl.SYSTEM.read(name));
            }
            for (Address address : kernel.addresses()) {
                lines.add(address.prefix().toString());
            }
            for (IpFamily family : IpFamily.values()) {
                kernel.rules(family).forEach(rule -> lines.add(rule.toString()));
                for (Route route : kernel.routes(family)) {
                    if (route.protocol() != RouteProtocol.KERNEL) {
                        lines.add(route.toString());
                    }
                }
            }
            return lines;
        });
    }

    private static <T> T inside(ScratchNetns pod, Function<Rtnetlink, T> ask) {
        return pod.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return ask.apply(new Rtnetlink(socket));
            }
        });
    }
}
