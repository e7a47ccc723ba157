// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.l34gateway.balancer.Forwarding.Way;
import org.l34gateway.balancer.WantedTable.Elements;
import org.l34gateway.balancer.WantedTable.Hook;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.program.FlowHash;

/**
 * Writes the table for a program: what happens at which hook. Texts of rules only; {@link TablePlan} makes commands of them.
 *
 * <p>Every name and number in a rule is derived from hashes and numbers, or is an interface's name: no text of a user gets here.
 */
final class TableText {
    static final String VIPS4 = "vips4";
    static final String VIPS6 = "vips6";
    static final String QUOTED4 = "quoted4";
    static final String QUOTED6 = "quoted6";
    static final String DISPATCH4 = "dispatch4";
    static final String DISPATCH6 = "dispatch6";
    static final String TARGETS = "target_marks";
    /** Connections that have their own target, whatever their slot says: see {@link VipChains}. */
    static final String FLOWS = "flows";
    /** Those of them that have seen a FIN or RST. */
    static final String ENDED_FLOWS = "ended_flows";

    /** At most; a connection that finds no room is treated by its slot. */
    static final int MOST_FLOWS = 1 << 18;

    private static final String ANSWER = "0x" + Integer.toHexString(Marks.ANSWER);

    /** Before the chain of a VIP in {@link #DISPATCH4} and {@link #DISPATCH6}. */
    static final String GOTO = "goto ";

    private TableText() {}

    /** Whether the map of this name says where packets to VIPs go. */
    static boolean isDispatch(String name) {
        return name.equals(DISPATCH4) || name.equals(DISPATCH6);
    }

    static WantedTable write(
            Forwarding forwarding, Interfaces interfaces, Marks marks, FlowHash hash, Slotting slotting) {
        ChainBook book = new ChainBook();
        VipChains vipChains = new VipChains(book, hash, slotting);
        SortedMap<String, Elements> elements = new TreeMap<>();
        for (IpFamily family : IpFamily.values()) {
            elements.putAll(vips(family, forwarding, vipChains));
        }
        elements.put(
                TARGETS,
                Elements.of(
                        "set", "type mark; counter;", texts(marks.byAddress().values())));
        if (slotting.remembers()) {
            Elements flows = Elements.of(
                    "map",
                    "type classid . inet_service . inet_service : mark; flags dynamic, timeout; size " + MOST_FLOWS
                            + ";",
                    Map.of());
            elements.put(FLOWS, flows);
            elements.put(ENDED_FLOWS, flows);
            slotting.maps()
                    .names()
                    .forEach((pool, name) -> elements.put(
                            SlotMaps.liveOf(name),
                            Elements.of("set", "type mark;", texts(pool.marks().values()))));
        }
        return new WantedTable(hooks(book, interfaces), book.chains(), elements, slotting.contents());
    }

    private static Map<String, String> texts(Collection<Integer> marks) {
        return marks.stream().distinct().collect(Collectors.toMap(String::valueOf, _ -> ""));
    }

    private static Map<String, Elements> vips(IpFamily family, Forwarding forwarding, VipChains vipChains) {
        boolean ipv4 = family == IpFamily.IPV4;
        Map<String, String> vips = new TreeMap<>();
        Map<String, String> quoted = new TreeMap<>();
        Map<String, String> dispatch = new TreeMap<>();
        for (Map.Entry<IpPrefix, List<Way>> each : forwarding.ways().entrySet()) {
            IpAddress vip = each.getKey().address();
            if (vip.family() == family) {
                vips.put(vip.toString(), "");
                quoted.put(Matches.number(vip), "");
                dispatch.put(vip.toString(), GOTO + vipChains.vip(family, each.getValue()));
            }
        }
        String type = "type " + (ipv4 ? "ipv4_addr" : "ipv6_addr");
        return Map.of(
                ipv4 ? VIPS4 : VIPS6, Elements.of("set", type + ";", vips),
                // The same as a number, because nft compares no raw payload with an address.
                ipv4 ? QUOTED4 : QUOTED6,
                        Elements.of("set", "typeof " + (ipv4 ? "@th,192,32" : "@th,256,128") + ";", quoted),
                ipv4 ? DISPATCH4 : DISPATCH6, Elements.of("map", type + " : verdict; counter;", dispatch));
    }

    private static SortedMap<String, Hook> hooks(ChainBook book, Interfaces interfaces) {
        String ours = names(interfaces.all());
        String external = names(interfaces.external());
        String internal = "\"" + interfaces.internal() + "\"";
        SortedMap<String, Hook> hooks = new TreeMap<>();
        // Any ct expression switches reassembly of fragments on in this namespace (priority -400). Nothing is tracked
        // on
        // our interfaces nevertheless; the rule itself never matches.
        hooks.put(
                "reassembly",
                new Hook(
                        "type filter hook prerouting priority -310",
                        "accept",
                        book.add("reassembly", List.of("ip daddr 255.255.255.254 ct state invalid drop"))));
        hooks.put(
                "untracked_in",
                new Hook(
                        "type filter hook prerouting priority -300",
                        "accept",
                        book.add("untracked_in", List.of("iifname " + ours + " notrack"))));
        hooks.put(
                "untracked_out",
                new Hook(
                        "type filter hook output priority -300",
                        "accept",
                        book.add("untracked_out", List.of("oifname " + ours + " notrack"))));
        hooks.put(
                "arriving",
                new Hook(
                        "type filter hook prerouting priority -150",
                        "accept",
                        book.add(
                                "arriving",
                                List.of(
                                        "iifname != " + ours + " accept",
                                        "iifname " + internal + " ip saddr @" + VIPS4 + " meta mark set " + ANSWER
                                                + " accept",
                                        "iifname " + internal + " ip6 saddr @" + VIPS6 + " meta mark set " + ANSWER
                                                + " accept",
                                        "ip daddr vmap @" + DISPATCH4,
                                        "ip6 daddr vmap @" + DISPATCH6))));
        // The pod's own ICMP errors: about an answer (to its VIP) they go to the target that sent it, about a request
        // (quoting its VIP) they go out like an answer.
        String errors4 = VipChains.errors(IpFamily.IPV4);
        String errors6 = VipChains.errors(IpFamily.IPV6);
        hooks.put(
                "own_errors",
                new Hook(
                        "type route hook output priority -150",
                        "accept",
                        book.add(
                                "own_errors",
                                List.of(
                                        errors4 + "ip daddr vmap @" + DISPATCH4,
                                        errors6 + "ip6 daddr vmap @" + DISPATCH6,
                                        errors4 + "@th,192,32 @" + QUOTED4 + " meta mark set " + ANSWER,
                                        errors6 + "@th,256,128 @" + QUOTED6 + " meta mark set " + ANSWER))));
        hooks.put(
                "forwarded",
                new Hook(
                        "type filter hook forward priority 0",
                        "drop",
                        book.add(
                                "forwarded",
                                List.of(
                                        "meta mark " + ANSWER + " oifname " + external + " accept",
                                        "meta mark @" + TARGETS + " oifname " + internal + " accept",
                                        "counter drop"))));
        return hooks;
    }

    private static String names(Iterable<String> names) {
        return "{ \"" + String.join("\", \"", names) + "\" }";
    }
}
