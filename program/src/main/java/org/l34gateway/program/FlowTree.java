// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.program;

import java.util.List;
import java.util.function.Function;
import org.l34gateway.ip.IpFamily;

/**
 * How large the choice among the flows of one VIP becomes. It is a tree: destination port, client, client port, and at each
 * place one part for each range in which the same flows are left. Flows that overlap in all three multiply.
 */
public final class FlowTree {
    private FlowTree() {}

    /**
     * The size: at each place the flows and their ranges, and for each range of each part the flows that are left there. Time and
     * memory, of the kernel and of who writes the tree, are proportional to that at most.
     *
     * @param flows those of the VIP, in any order
     * @param family of the VIP
     * @param limit where to stop; takes time in proportion to it at most
     * @return the size, or a number above the limit if it is above the limit
     */
    public static int size(List<Flow> flows, IpFamily family, int limit) {
        List<Flow> reaching =
                flows.stream().filter(flow -> admits(flow, family)).toList();
        Measure measure = new Measure(limit);
        for (Protocol protocol : Protocol.values()) {
            measure.level(
                    reaching.stream()
                            .filter(flow -> flow.protocols().contains(protocol))
                            .toList(),
                    List.of(
                            flow -> ports(flow.destinationPorts()),
                            flow -> clients(family, flow),
                            flow -> ports(flow.sourcePorts())));
        }
        return measure.size;
    }

    /** Whether a flow takes packets of this family at all. */
    private static boolean admits(Flow flow, IpFamily family) {
        return flow.sources().isEmpty() || flow.sources().stream().anyMatch(prefix -> prefix.family() == family);
    }

    private static List<Range> ports(List<PortRange> ports) {
        return ports.contains(PortRange.ALL)
                ? List.of()
                : ports.stream().map(Range::of).toList();
    }

    private static List<Range> clients(IpFamily family, Flow flow) {
        return flow.sources().stream().anyMatch(prefix -> prefix.family() == family && prefix.length() == 0)
                ? List.of()
                : flow.sources().stream()
                        .filter(prefix -> prefix.family() == family)
                        .map(Range::of)
                        .toList();
    }

    private static final class Measure {
        private final int limit;
        private int size;

        Measure(int limit) {
            this.limit = limit;
        }

        private void level(List<Flow> flows, List<Function<Flow, List<Range>>> fields) {
            add(flows.size());
            if (flows.isEmpty() || fields.isEmpty()) {
                return;
            }
            Function<Flow, List<Range>> here = fields.getFirst();
            for (int i = 0; i < flows.size() && size <= limit; i++) {
                add(here.apply(flows.get(i)).size());
            }
            if (size > limit) {
                return;
            }
            List<Function<Flow, List<Range>>> rest = fields.subList(1, fields.size());
            List<Flow> others =
                    flows.stream().filter(flow -> here.apply(flow).isEmpty()).toList();
            var parts = Partition.of(flows, here, limit - size);
            parts.forEach(
                    part -> add((long) part.things().size() * part.ranges().size()));
            parts.stream()
                    .map(Partition.Part::things)
                    .filter(left -> !left.equals(others))
                    .forEach(left -> level(left, rest));
            level(others, rest);
        }

        private void add(long more) {
            size = (int) Math.min(Integer.MAX_VALUE, size + more);
        }
    }
}
