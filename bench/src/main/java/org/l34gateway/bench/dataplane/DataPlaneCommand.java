// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.util.List;
import java.util.concurrent.Callable;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.Figures;
import org.l34gateway.bench.Lane;
import org.l34gateway.bench.Report;
import org.l34gateway.bench.edits.EditLoss;
import org.l34gateway.ip.IpFamily;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./l34 bench data-plane}. */
@Command(
        name = "data-plane",
        mixinStandardHelpOptions = true,
        description = {
            "What a packet costs in a gateway pod, as a part of what it costs in plain forwarding by the same kernel,",
            "and what changes cost. Figures are medians of rounds in which everything is measured in turn."
        })
public final class DataPlaneCommand implements Callable<Integer> {
    @Mixin
    private Report report = new Report();

    private final Figures figures = new Figures();

    @Override
    public Integer call() {
        return report.run(lanes(), figures, Aims.ALL);
    }

    /** In the order in which they are measured. */
    List<Lane> lanes() {
        PacketFigures packets = new PacketFigures(report.quick(), report::say, figures);
        return List.of(
                Lane.of(
                        () -> packets.requests(IpFamily.IPV4),
                        "fast_v4",
                        "fast_v4_ranges",
                        "slow_v4",
                        "least_v4",
                        "ebpf_v4",
                        "ebpf_least_v4",
                        "plain_v4_ns"),
                Lane.of(
                        () -> packets.requests(IpFamily.IPV6),
                        "fast_v6",
                        "fast_v6_ranges",
                        "slow_v6",
                        "ebpf_v6",
                        "ebpf_least_v6",
                        "plain_v6_ns"),
                Lane.of(packets::spread, "fast_v4_spread", "ebpf_v4_spread"),
                Lane.of(packets::large, "large_v4", "large_v4_ebpf"),
                Lane.of(packets::userSpace, "nfqueue_v4", "nfqueue_v4_batches"),
                Lane.of(() -> packets.answers(IpFamily.IPV4), "reply_v4", "ebpf_reply_v4"),
                Lane.of(() -> packets.answers(IpFamily.IPV6), "reply_v6", "ebpf_reply_v6"),
                Lane.of(packets::routes, "routes_1000", "routes_1000_there", "routes_1000_back"),
                Lane.of(
                        () -> new TcpStreams(report.quick(), report::say).measure(figures),
                        "tcp_throughput",
                        "tcp_throughput_nft",
                        "plain_tcp_gbit"),
                Lane.of(
                        () -> new ChangeCosts(report.quick(), report::say).measure(figures),
                        "change_ms",
                        "change_scale",
                        "cold_start_s",
                        "kernel_mib"),
                Lane.of(() -> edits("edit_loss", FastPath.ON), "edit_loss"),
                Lane.of(() -> edits("edit_loss_slow", FastPath.OFF), "edit_loss_slow"));
    }

    private void edits(String name, FastPath fastPath) {
        figures.put(
                name,
                new EditLoss(report.quick() ? 300 : 2_000, report.quick() ? 1 : 5, fastPath, report::say).measure());
    }
}
