// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.node.plan.Examples.BLUE;
import static org.l34gateway.node.plan.Examples.RED;
import static org.l34gateway.node.plan.Examples.addresses;
import static org.l34gateway.node.plan.Examples.bothFamilies;
import static org.l34gateway.node.plan.Examples.held;
import static org.l34gateway.node.plan.Examples.pod;
import static org.l34gateway.node.plan.Examples.target;
import static org.l34gateway.node.plan.Examples.vips;
import static org.l34gateway.node.plan.Examples.wanted;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

class PodPlanTest {
    private static final AttachmentKey KEY = AttachmentKey.of(BLUE);
    private static final AttachmentKey OTHER = AttachmentKey.of(RED);

    /**
     * One case.
     *
     * @param mayGo VIPs that no gateway sends to any more
     * @param silent addresses of gateway pods without a report
     */
    record Row(
            String name,
            boolean leaving,
            List<Attachment> attachments,
            Map<AttachmentKey, Held> held,
            String mayGo,
            String silent,
            Map<AttachmentKey, Target> plan) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        List<Attachment> nobody = List.of();
        List<Attachment> blue = List.of(wanted(BLUE, "20.0.0.1", "10.1.0.1"));
        Attachment conflict = new Attachment.Conflicted(BLUE, vips("20.0.0.1"), RED);
        return Stream.of(
                new Row("a new pod gets all", false, blue, Map.of(), "", "", plan("20.0.0.1", "10.1.0.1")),
                new Row(
                        "a second VIP is added",
                        false,
                        List.of(wanted(BLUE, "20.0.0.1 40.0.0.1", "10.1.0.1")),
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1")),
                        "",
                        "",
                        plan("20.0.0.1 40.0.0.1", "10.1.0.1")),
                new Row(
                        "an unwanted VIP stays while a gateway sends to it",
                        false,
                        blue,
                        Map.of(KEY, held("20.0.0.1 40.0.0.1", "10.1.0.1")),
                        "",
                        "",
                        plan("20.0.0.1 40.0.0.1", "10.1.0.1")),
                new Row(
                        "and goes when none does",
                        false,
                        blue,
                        Map.of(KEY, held("20.0.0.1 40.0.0.1", "10.1.0.1")),
                        "40.0.0.1",
                        "",
                        plan("20.0.0.1", "10.1.0.1")),
                new Row(
                        "next hops follow at once",
                        false,
                        List.of(wanted(BLUE, "20.0.0.1", "10.1.0.2")),
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1")),
                        "",
                        "",
                        plan("20.0.0.1", "10.1.0.2")),
                new Row(
                        "a next hop whose report is missing stays",
                        false,
                        List.of(wanted(BLUE, "20.0.0.1", "")),
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1 10.1.0.2")),
                        "",
                        "10.1.0.1 10.1.0.9",
                        plan("20.0.0.1", "10.1.0.1")),
                new Row(
                        "a deleted Gateway keeps its way out until its VIPs may go",
                        false,
                        nobody,
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1")),
                        "",
                        "",
                        plan("20.0.0.1", "10.1.0.1")),
                new Row(
                        "then nothing stays",
                        false,
                        nobody,
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1")),
                        "20.0.0.1",
                        "",
                        plan("", "")),
                new Row(
                        "an empty anchor of a deleted Gateway is left alone",
                        false,
                        nobody,
                        Map.of(KEY, Held.NOTHING),
                        "",
                        "",
                        Map.of()),
                new Row(
                        "a leaving pod keeps what nobody wants, and its next hops",
                        true,
                        nobody,
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1")),
                        "20.0.0.1",
                        "",
                        plan("20.0.0.1", "10.1.0.1")),
                new Row(
                        "a leaving pod gets no VIP, but the Gateway's new next hop",
                        true,
                        List.of(wanted(BLUE, "20.0.0.1 40.0.0.1", "10.1.0.2")),
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1")),
                        "",
                        "",
                        plan("20.0.0.1", "10.1.0.2")),
                new Row("a leaving pod without anything stays so", true, blue, Map.of(), "", "", Map.of()),
                new Row("a conflicted Gateway gets nothing", false, List.of(conflict), Map.of(), "", "", Map.of()),
                new Row(
                        "a VIP that another Gateway takes over leaves the old table at once",
                        false,
                        List.of(wanted(RED, "20.0.0.1", "10.2.0.1")),
                        Map.of(KEY, held("20.0.0.1", "10.1.0.1")),
                        "",
                        "",
                        Map.of(KEY, target("", ""), OTHER, new Target("red", vips("20.0.0.1"), addresses("10.2.0.1")))),
                new Row(
                        "a rule without its VIP is unwanted too",
                        false,
                        nobody,
                        Map.of(KEY, new Held("blue", vips(""), vips("20.0.0.1"), addresses(""), bothFamilies(), 5000)),
                        "20.0.0.1",
                        "",
                        plan("", "")));
    }

    private static Map<AttachmentKey, Target> plan(String vips, String hops) {
        return Map.of(KEY, target(vips, hops));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void plans_what_a_sandbox_must_hold(Row row) {
        PodPlan plan = PodPlan.decide(
                pod(row.leaving(), false, null),
                row.attachments(),
                row.held(),
                claim -> vips(row.mayGo()).contains(claim.vip()),
                _ -> addresses(row.silent()));
        assertThat(plan.targets()).isEqualTo(row.plan());
    }

    @Test
    void what_nobody_wants_is_unwanted_except_in_a_leaving_pod() {
        List<Attachment> wanted = List.of(wanted(BLUE, "20.0.0.1", ""));
        Map<AttachmentKey, Held> held = Map.of(KEY, held("20.0.0.1 40.0.0.1", ""), OTHER, held("50.0.0.1", ""));
        assertThat(PodPlan.unwanted(pod(false, false, null), wanted, held))
                .containsExactlyInAnyOrder(
                        new Claim("uid-a", KEY, IpPrefix.parse("40.0.0.1")),
                        new Claim("uid-a", OTHER, IpPrefix.parse("50.0.0.1")));
        assertThat(PodPlan.unwanted(pod(true, false, null), wanted, held)).isEmpty();
    }

    @Test
    void carried_out_a_plan_leaves_nothing_to_do_and_never_takes_too_much() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            boolean leaving = dice.nextInt(4) == 0;
            PodFacts pod = pod(leaving, false, null);
            List<Attachment> attachments = someAttachments(dice);
            Map<AttachmentKey, Held> held = someHeld(dice);
            SortedSet<IpPrefix> mayGo = someVips(dice);
            Set<IpAddress> silent = someHops(dice);
            PodPlan plan = PodPlan.decide(
                    pod, attachments, held, claim -> mayGo.contains(claim.vip()), (Report.ObjectRef _) -> silent);

            Map<AttachmentKey, Held> after = new HashMap<>(held);
            plan.targets().forEach((key, target) -> after.put(key, carriedOut(target)));
            PodPlan again = PodPlan.decide(
                    pod, attachments, after, claim -> mayGo.contains(claim.vip()), (Report.ObjectRef _) -> silent);
            assertThat(again.isHeld(after, _ -> true))
                    .as("repeat with -Dseed=" + seed)
                    .isTrue();

            SortedSet<IpPrefix> before = allVips(held);
            SortedSet<IpPrefix> lost = new TreeSet<>(before);
            lost.removeAll(allVips(after));
            assertThat(leaving ? lost : minus(lost, mayGo))
                    .as("repeat with -Dseed=" + seed)
                    .isEmpty();
        }
    }

    private static Held carriedOut(Target target) {
        return new Held(
                target.gatewayName(),
                target.vips(),
                target.vips(),
                target.nextHops(),
                target.isEmpty() ? new TreeSet<>() : bothFamilies(),
                target.isEmpty() ? 0 : 5000);
    }

    /**
     * Which next hops are held.
     *
     * @param wanted by the Gateway
     * @param onLink of some interface of the pod
     */
    record HopRow(String name, String wanted, String dead, String onLink, String held) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<HopRow> hopRows() {
        return Stream.of(
                new HopRow("all answer", "10.1.0.1 10.1.0.2", "", "10.1.0.1 10.1.0.2", "10.1.0.1 10.1.0.2"),
                new HopRow("a dead one is left out", "10.1.0.1 10.1.0.2", "10.1.0.2", "10.1.0.1 10.1.0.2", "10.1.0.1"),
                new HopRow("a stranger is nobody's", "10.1.0.1", "10.1.0.9", "10.1.0.1", "10.1.0.1"),
                new HopRow("the last one stays", "10.1.0.1", "10.1.0.1", "10.1.0.1", "10.1.0.1"),
                new HopRow(
                        "when all are dead all stay",
                        "10.1.0.1 10.1.0.2",
                        "10.1.0.1 10.1.0.2",
                        "10.1.0.1 10.1.0.2",
                        "10.1.0.1 10.1.0.2"),
                new HopRow(
                        "each family counts for itself",
                        "10.1.0.1 10.1.0.2 fd00::1 fd00::2",
                        "10.1.0.1 fd00::1 fd00::2",
                        "10.1.0.1 10.1.0.2 fd00::1 fd00::2",
                        "10.1.0.2 fd00::1 fd00::2"),
                new HopRow(
                        "one that can not be held is none that answers",
                        "10.1.0.1 172.16.0.1",
                        "10.1.0.1",
                        "10.1.0.1",
                        "10.1.0.1 172.16.0.1"));
    }

    @ParameterizedTest
    @MethodSource("hopRows")
    void leaves_out_next_hops_that_do_not_answer(HopRow row) {
        SortedMap<AttachmentKey, Target> wanted = new TreeMap<>(Map.of(KEY, target("20.0.0.1", row.wanted())));
        Set<IpAddress> onLink = Set.copyOf(addresses(row.onLink()));
        PodPlan plan = new PodPlan(wanted).without(addresses(row.dead()), onLink::contains);
        assertThat(plan.targets()).isEqualTo(Map.of(KEY, target("20.0.0.1", row.held())));
    }

    @Test
    void one_that_was_left_out_is_still_a_next_hop_when_its_report_goes_missing() {
        List<Attachment> reported = List.of(wanted(BLUE, "20.0.0.1", "10.1.0.1 10.1.0.2"));
        Map<AttachmentKey, Held> before = Map.of(KEY, held("20.0.0.1", "10.1.0.1 10.1.0.2"));
        PodPlan whole = PodPlan.decide(pod(false, false, null), reported, before, _ -> false, _ -> Set.of());
        Map<AttachmentKey, Held> held = Map.of(KEY, held("20.0.0.1", "10.1.0.1"));
        List<Attachment> silent = List.of(wanted(BLUE, "20.0.0.1", "10.1.0.1"));
        PodPlan next = PodPlan.decide(
                pod(false, false, null), silent, whole.withNextHops(held), _ -> false, _ -> addresses("10.1.0.2"));
        assertThat(next.targets()).isEqualTo(plan("20.0.0.1", "10.1.0.1 10.1.0.2"));
        assertThat(next.without(addresses("10.1.0.2"), _ -> true).isHeld(held, _ -> true))
                .isTrue();
    }

    private static SortedSet<IpPrefix> allVips(Map<AttachmentKey, Held> held) {
        SortedSet<IpPrefix> all = new TreeSet<>();
        held.values().forEach(has -> all.addAll(has.touched()));
        return all;
    }

    private static SortedSet<IpPrefix> minus(SortedSet<IpPrefix> from, SortedSet<IpPrefix> what) {
        SortedSet<IpPrefix> left = new TreeSet<>(from);
        left.removeAll(what);
        return left;
    }

    private static List<Attachment> someAttachments(Random dice) {
        List<Attachment> some = new ArrayList<>();
        SortedSet<IpPrefix> free = vips("20.0.0.1 40.0.0.1 2000::1 50.0.0.1");
        for (Report.ObjectRef gateway : List.of(BLUE, RED)) {
            if (dice.nextBoolean()) {
                SortedSet<IpPrefix> vips = someVips(dice);
                vips.retainAll(free);
                free.removeAll(vips);
                some.add(new Attachment.Wanted(gateway, vips, someHops(dice)));
            }
        }
        return some;
    }

    private static Map<AttachmentKey, Held> someHeld(Random dice) {
        Map<AttachmentKey, Held> held = new HashMap<>();
        for (AttachmentKey key : List.of(KEY, OTHER)) {
            if (dice.nextBoolean()) {
                SortedSet<IpPrefix> vips = someVips(dice);
                held.put(key, new Held("", vips, someVips(dice), someHops(dice), bothFamilies(), 5000));
            }
        }
        return held;
    }

    private static SortedSet<IpPrefix> someVips(Random dice) {
        SortedSet<IpPrefix> some = vips("20.0.0.1 40.0.0.1 2000::1 50.0.0.1");
        some.removeIf(_ -> dice.nextBoolean());
        return some;
    }

    private static SortedSet<IpAddress> someHops(Random dice) {
        SortedSet<IpAddress> some = addresses("10.1.0.1 10.1.0.2 fd00::1");
        some.removeIf(_ -> dice.nextBoolean());
        return some;
    }
}
