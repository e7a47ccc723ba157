// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.balancer.Interfaces;
import org.l34gateway.balancer.LoadBalancer;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.linux.Sysctl;
import org.l34gateway.linux.bpf.TcxLink;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.HookedChain;
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.NumberMap;
import org.l34gateway.linux.nftables.Octets;
import org.l34gateway.linux.nftables.Operation;
import org.l34gateway.linux.nftables.Register;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.SetShape.Datum;
import org.l34gateway.linux.nftables.TableChange;
import org.l34gateway.linux.nftables.TableName;
import org.l34gateway.linux.testing.ScratchNetns;
import org.l34gateway.program.ForwardingProgram;

/**
 * Three namespaces in a row. What arrives at an end is counted and dropped.
 *
 * <pre>
 * outside "out" 10.9.0.1 -- "ext" .254 balancer 10.8.255.254 "int" -- "in" inside, all targets 10.8.x.y
 * </pre>
 *
 * IPv6 alike: fd09:: and fd08::. Neighbours are known beforehand.
 */
final class Rig implements AutoCloseable {
    static final Interfaces INTERFACES = new Interfaces(Set.of("ext"), "int", EnumSet.allOf(IpFamily.class));
    private static final TableName COUNTING = new TableName(TableName.Family.NETDEV, "bench");
    private static final String ARRIVED = "arrived";
    private static final double NANOS_PER_MILLI = 1e6;

    private final ScratchNetns outside = ScratchNetns.create();
    private final ScratchNetns balancer = ScratchNetns.create();
    private final ScratchNetns inside = ScratchNetns.create();
    private final Nftables outsideCount;
    private final Nftables insideCount;
    private @Nullable LoadBalancer forwarder;
    private @Nullable NfqueueBalancer peer;
    private @Nullable TcxLink redirect;
    private boolean dropping;

    Rig() {
        Tool.ip(outside, "link add out type veth peer name ext netns " + balancer.path());
        Tool.ip(inside, "link add in type veth peer name int netns " + balancer.path());
        Tool.ip(outside, "link set out up");
        Tool.ip(inside, "link set in up");
        Tool.ip(
                balancer,
                "link set ext up",
                "link set int up",
                "addr add 10.9.0.254/24 dev ext",
                "addr add fd09::fe/64 dev ext nodad",
                "addr add 10.8.255.254/16 dev int",
                "addr add fd08::ffff/64 dev int nodad",
                "neigh add 10.9.0.1 lladdr " + outside.link("out").mac() + " dev ext nud permanent",
                "neigh add fd09::1 lladdr " + outside.link("out").mac() + " dev ext nud permanent");
        balancer.call(() -> {
            for (String name : List.of("all", "ext", "int")) {
                Sysctl.SYSTEM.write("net/ipv4/conf/" + name + "/rp_filter", "0");
            }
            Sysctl.SYSTEM.write("net/ipv4/ip_forward", "1");
            Sysctl.SYSTEM.write("net/ipv6/conf/all/forwarding", "1");
            return null;
        });
        outsideCount = countAndDrop(outside, "out");
        insideCount = countAndDrop(inside, "in");
    }

    private static Nftables countAndDrop(ScratchNetns netns, String device) {
        Nftables nftables = netns.call(Nftables::open);
        nftables.run(List.of(new TableChange(
                COUNTING,
                List.of(
                        new Operation.AddTable(),
                        new Operation.AddCounter(ARRIVED),
                        new Operation.AddHookedChain(
                                new HookedChain("end", HookedChain.Hook.INGRESS, 0, false, device)),
                        new Operation.AddRules(
                                "end", "", List.of(List.of(new Expression.Count(ARRIVED), new Expression.Drop())))))));
        return nftables;
    }

    /** The balancer drops everything as it comes in. */
    Rig dropping() {
        dropping = true;
        balancer.call(() -> {
            try (Nftables nftables = Nftables.open()) {
                List<Operation> operations = new ArrayList<>(List.of(new Operation.AddTable()));
                for (String name : List.of("ext", "int")) {
                    operations.add(new Operation.AddHookedChain(
                            new HookedChain("drop_" + name, HookedChain.Hook.INGRESS, 0, false, name)));
                    operations.add(new Operation.AddRules("drop_" + name, "", List.of(List.of(new Expression.Drop()))));
                }
                nftables.run(List.of(new TableChange(COUNTING, operations)));
            }
            return null;
        });
        return this;
    }

    boolean isDropping() {
        return dropping;
    }

    /** The balancer is a router: VIPs inside, clients outside. */
    Rig forwarding() {
        neighbours(List.of("10.8.0.1", "fd08::1"));
        Tool.ip(
                balancer,
                "route add 20.0.0.0/8 via 10.8.0.1",
                "route add fd20::/16 via fd08::1",
                "route add 30.0.0.0/8 via 10.9.0.1",
                "route add fd30::/16 via fd09::1");
        return this;
    }

    /**
     * The balancer is the least that nf_tables can do: hash every packet, look its slot up, look the target's address up, send it
     * there. It looks for no VIP, checks and counts nothing. What it costs more than plain forwarding, no rules can spare.
     */
    Rig hashing(Scenario scenario, int slots) {
        List<String> addresses = scenario.addresses();
        neighbours(addresses);
        int device = balancer.link("int").index();
        balancer.call(() -> {
            try (Nftables nftables = Nftables.open()) {
                nftables.run(List.of(new TableChange(COUNTING, least(addresses, slots, device))));
            }
            return null;
        });
        return this;
    }

    private static List<Operation> least(List<String> addresses, int slots, int device) {
        List<IpAddress> targets = addresses.stream()
                .map(IpAddress::parse)
                .filter(address -> address.family() == IpFamily.IPV4)
                .toList();
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            elements.add(Element.data(Octets.host(i + 1), Octets.of(targets.get(i))));
        }
        int[] owners = new int[slots];
        for (int slot = 0; slot < slots; slot++) {
            owners[slot] = 1 + slot % targets.size();
        }
        Register r0 = new Register(0);
        Register r8 = new Register(8);
        return List.of(
                new Operation.AddTable(),
                new Operation.AddSet(new SetShape("slots", List.of(Datum.MARK), Datum.MARK, Set.of(), slots)),
                new Operation.AddSet(
                        new SetShape("targets", List.of(Datum.MARK), Datum.IPV4, Set.of(), targets.size())),
                new Operation.AddHookedChain(new HookedChain("all", HookedChain.Hook.INGRESS, 0, false, "ext")),
                new Operation.AddElements("targets", elements),
                new Operation.ChangeNumbers(new NumberMap("slots", 0, 1, new int[0], owners)),
                new Operation.AddRules(
                        "all",
                        "",
                        List.of(List.of(
                                new Expression.Load(r0, Expression.Header.NETWORK, 12, 4),
                                new Expression.Load(new Register(1), Expression.Header.NETWORK, 16, 4),
                                new Expression.Load(new Register(2), Expression.Header.TRANSPORT, 0, 4),
                                new Expression.Hash(r8, r0, 12, slots, 7, 0),
                                new Expression.Lookup(r8, "slots", r8),
                                new Expression.Lookup(r8, "targets", r8),
                                new Expression.Constant(r0, Octets.host(device)),
                                new Expression.Forward(IpFamily.IPV4, r8, r0)))));
    }

    /** The balancer is the least that eBPF can do: send every packet to one neighbour. It looks at nothing. */
    Rig redirecting(IpFamily family) {
        neighbours(List.of("10.8.0.1", "fd08::1"));
        redirect = balancer.call(() -> RedirectProgram.attach(
                balancer.link("ext").index(),
                balancer.link("int").index(),
                IpAddress.parse(family == IpFamily.IPV4 ? "10.8.0.1" : "fd08::1")));
        return this;
    }

    /** The balancer is ours. */
    Rig balancing(Scenario scenario, FastPath fastPath) {
        ready(scenario, fastPath).apply(scenario.program());
        return this;
    }

    /**
     * The balancer is a peer in user space. It gives packets marks; from there on the kernel routes them by our rules, so that
     * only the decision is another one.
     */
    Rig queueing(Scenario scenario, int slots) {
        balancing(scenario, FastPath.OFF);
        Tool.run(Tool.inside(balancer, "nft", "delete", "table", "inet", "l34"));
        int targets = scenario.program().groups().getFirst().targets().size();
        peer = NfqueueBalancer.start(balancer, Scenario.VIPS, slots, targets);
        return this;
    }

    /** Returns when so many more packets have gone through the peer. */
    void await(int packets) {
        Objects.requireNonNull(peer, "no peer in this rig").await(packets);
    }

    /** All is there but the program. */
    Rig ready(Scenario scenario, FastPath fastPath) {
        balancer.call(() -> {
            LoadBalancer.sysctls(INTERFACES).forEach(Sysctl.SYSTEM::write);
            return null;
        });
        neighbours(scenario.addresses());
        Tool.ip(balancer, "route add default via 10.9.0.1 table 4096", "route add default via fd09::1 table 4096");
        forwarder = balancer.call(() -> LoadBalancer.open(INTERFACES, fastPath, System::nanoTime));
        return this;
    }

    /** Has the load balancer forward this; returns how long that took, in milliseconds. */
    double apply(ForwardingProgram program) {
        LoadBalancer ours = Objects.requireNonNull(forwarder, "no load balancer in this rig");
        long begin = System.nanoTime();
        List<String> problems = ours.apply(program).problems();
        double millis = (System.nanoTime() - begin) / NANOS_PER_MILLI;
        if (!problems.isEmpty()) {
            throw new IllegalStateException("not everything is forwarded: " + problems);
        }
        return millis;
    }

    private void neighbours(List<String> addresses) {
        String mac = String.valueOf(inside.link("in").mac());
        Tool.ip(
                balancer,
                addresses.stream()
                        .map(address -> "neigh add " + address + " lladdr " + mac + " dev int nud permanent")
                        .toArray(String[]::new));
    }

    /** Sends from the outside. */
    RawSender requests(Traffic traffic) {
        return sender(outside, "out", "ext", traffic);
    }

    /** Sends from the inside. */
    RawSender answers(Traffic traffic) {
        return sender(inside, "in", "int", traffic);
    }

    private RawSender sender(ScratchNetns from, String device, String peer, Traffic traffic) {
        Frames.Wire wire = new Frames.Wire(
                Objects.requireNonNull(from.link(device).mac()),
                Objects.requireNonNull(balancer.link(peer).mac()));
        int index = from.link(device).index();
        return from.call(() -> RawSender.open(index, traffic.frames(wire), traffic.atOnce()));
    }

    /** How many packets have arrived at both ends. */
    long arrived() {
        return count(outsideCount) + count(insideCount);
    }

    private static long count(Nftables nftables) {
        return nftables.counters(COUNTING)
                .getOrDefault(ARRIVED, new Nftables.Count(0, 0))
                .packets();
    }

    @Override
    public void close() {
        outsideCount.close();
        insideCount.close();
        if (forwarder != null) {
            forwarder.close();
        }
        if (peer != null) {
            peer.close();
        }
        if (redirect != null) {
            redirect.close();
        }
        outside.close();
        balancer.close();
        inside.close();
    }
}
