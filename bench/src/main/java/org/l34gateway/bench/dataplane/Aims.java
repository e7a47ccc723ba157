// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import static org.l34gateway.bench.Aim.atLeast;
import static org.l34gateway.bench.Aim.atMost;
import static org.l34gateway.bench.Aim.never;
import static org.l34gateway.bench.Aim.none;

import java.util.List;
import org.l34gateway.bench.Aim;

/** Every figure of the data plane, in the order in which they are shown. "÷ plain" is the cost of a packet ÷ that of plain forwarding. */
final class Aims {
    static final List<Aim> ALL = List.of(
            atMost(
                    "fast_v4",
                    1.00,
                    0.85,
                    "request ÷ plain: one port, 1,000 targets; 1,000 routes on as many VIPs, packets to one"),
            atMost("fast_v6", 1.15, 1.00, "the same with IPv6"),
            atMost("fast_v4_ranges", 1.25, 1.0, "the same, with ranges of ports and prefixes of clients"),
            none("fast_v6_ranges", "the same with IPv6"),
            none("fast_v4_spread", "one port again, packets to all 1,000 VIPs in turn"),
            none("ebpf_v4", "request ÷ plain with the eBPF stage"),
            none("ebpf_v6", "the same with IPv6"),
            none("ebpf_v4_spread", "packets to all 1,000 VIPs in turn"),
            none("ebpf_least_v4", "the least that eBPF can do: send to one neighbour, without a look at the packet"),
            none("ebpf_least_v6", "the same with IPv6"),
            atMost("slow_v4", 1.7, 1.4, "request ÷ plain without the fast path"),
            none("slow_v6", "the same with IPv6"),
            atMost("reply_v4", 1.15, 0.9, "answer ÷ plain, 1,000 VIPs"),
            none("reply_v6", "the same with IPv6"),
            none("ebpf_reply_v4", "answer ÷ plain with the eBPF stage"),
            none("ebpf_reply_v6", "the same with IPv6"),
            none("large_v4", "request ÷ plain: datagrams of 1,400 bytes"),
            none("large_v4_ebpf", "the same with the eBPF stage"),
            atLeast("nfqueue_v4", 4, 8, "cost of a balancer in user space (NFQUEUE) ÷ ours, packets one by one"),
            none("nfqueue_v4_batches", "the same, 64 packets at once: the least that a queue costs"),
            atMost("routes_1000", 1.05, 1.01, "1,000 routes ÷ one route, the worse direction"),
            none("routes_1000_there", "requests only"),
            none("routes_1000_back", "answers only"),
            never(
                    "edit_loss",
                    "packets lost or misled by random edits at 50,000 packets a second, the process killed twice;"
                            + " less those of a run without edits"),
            never("edit_loss_slow", "the same without the fast path"),
            atMost("change_scale", 1.5, 1.1, "one change with 1,000 services ÷ with 10"),
            atMost("change_ms", 20, 4, "ms from a change to the kernel that follows it, 1,000 services"),
            atMost("cold_start_s", 5, 2, "s until 1,000 services with 10 targets each are programmed"),
            atMost("kernel_mib", 150, 60, "MiB of kernel memory for the same"),
            atLeast("tcp_throughput", 0.85, 0.95, "throughput of one TCP connection ÷ plain, with the eBPF stage"),
            none("tcp_throughput_nft", "the same without it"),
            none("plain_tcp_gbit", "Gbit/s of one TCP connection with plain forwarding"),
            none("least_v4", "request ÷ plain, the least that nf_tables can do: hash, slot, address, send"),
            none("plain_v4_ns", "ns that plain forwarding needs for a packet"),
            none("plain_v6_ns", "the same with IPv6"));

    private Aims() {}
}
