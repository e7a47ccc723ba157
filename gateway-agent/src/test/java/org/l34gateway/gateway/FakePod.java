// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.bird.BgpSession;
import org.l34gateway.gateway.plan.Fixtures;
import org.l34gateway.gateway.plan.Forwarded;
import org.l34gateway.gateway.plan.RouterView;
import org.l34gateway.gateway.plan.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.routing.GatewayProgram;

/**
 * Kernel and BIRD of a gateway pod as values, with a diary of what was done to them. Whatever is done, a VIP is never
 * announced that has no slot: both notice at once when that is broken.
 */
final class FakePod implements Forwarder, Router, PodInterfaces, TargetProbe {
    final List<String> diary = new ArrayList<>();
    Forwarded kernel = Forwarded.NOTHING;
    SortedSet<IpPrefix> announced = new TreeSet<>();
    List<BgpNeighbour> neighbours = List.of();
    /** False where only BIRD is played and somebody else is the kernel. */
    boolean watchesTheOrder = true;

    boolean kernelRefuses;
    boolean birdIsSilent;
    SortedSet<IpAddress> addresses = Fixtures.addresses("169.111.100.9", "fd00::9", "10.9.9.9");
    final Map<IpAddress, Long> dead = new HashMap<>();
    Set<IpAddress> watched = Set.of();
    final Set<IpFamily> defaultRoutes = EnumSet.allOf(IpFamily.class);

    @Override
    public SortedSet<IpPrefix> servedVips(Wanted wanted, Set<String> present) {
        return kernel.servedVips();
    }

    @Override
    public Forwarded apply(Wanted wanted, Set<String> present) {
        if (kernelRefuses) {
            kernel = new Forwarded(kernel.targets(), kernel.answerVips(), false, List.of("the kernel refused"));
            return kernel;
        }
        Set<Forwarded.Slot> slots = new HashSet<>();
        for (var group : wanted.program().groups()) {
            for (var target : group.targets()) {
                for (IpPrefix vip : target.vips()) {
                    slots.add(new Forwarded.Slot(GatewayProgram.targetKey(group.key(), target.identifier()), vip));
                }
            }
        }
        if (!slots.equals(kernel.targets())) {
            diary.add("slots " + vipsOf(slots));
        }
        kernel = new Forwarded(slots, wanted.answerVips(), true, List.of());
        checkThatWhatIsAnnouncedHasSlots();
        return kernel;
    }

    @Override
    public void configure(List<BgpNeighbour> wanted, SortedSet<IpPrefix> vips) {
        if (birdIsSilent) {
            return;
        }
        if (!vips.equals(announced)) {
            diary.add("announce " + vips);
        }
        announced = new TreeSet<>(vips);
        neighbours = List.copyOf(wanted);
        checkThatWhatIsAnnouncedHasSlots();
    }

    @Override
    public RouterView look() {
        List<BgpSession> sessions = new ArrayList<>();
        for (BgpNeighbour neighbour : neighbours) {
            sessions.add(new BgpSession(
                    neighbour.protocolName(), BgpSession.State.ESTABLISHED, null, neighbour.address(), ""));
        }
        return birdIsSilent
                ? RouterView.silent(List.of())
                : new RouterView(neighbours, announced, sessions, List.of(), defaultRoutes, List.of());
    }

    @Override
    public Map<IpAddress, Long> watch(Set<IpAddress> targets, @Nullable String link) {
        watched = Set.copyOf(targets);
        Map<IpAddress, Long> seen = new HashMap<>(dead);
        seen.keySet().retainAll(targets);
        return seen;
    }

    @Override
    public Map<String, SortedSet<IpAddress>> present() {
        return Map.of("lo", Fixtures.addresses(), "net1", Fixtures.addresses("169.254.100.9"), "net2", addresses);
    }

    private void checkThatWhatIsAnnouncedHasSlots() {
        Set<IpPrefix> unserved = new TreeSet<>(announced);
        unserved.removeAll(vipsOf(kernel.targets()));
        if (watchesTheOrder && !unserved.isEmpty()) {
            throw new AssertionError("announced without a slot: " + unserved + " after " + diary);
        }
    }

    private static Set<IpPrefix> vipsOf(Set<Forwarded.Slot> slots) {
        Set<IpPrefix> vips = new TreeSet<>();
        slots.forEach(slot -> vips.add(slot.vip()));
        return vips;
    }
}
