// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.Figures;
import org.l34gateway.bench.Output;
import org.l34gateway.bench.edits.EditLoss;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.netlink.KernelRefused;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./l34 bench data-plane}. */
@Command(
        name = "data-plane",
        mixinStandardHelpOptions = true,
        description = {
            "What a packet costs in a gateway pod, as a part of what it costs in plain forwarding by the same kernel,",
            "and what changes cost. Figures are medians of rounds in which everything is measured in turn."
        })
public final class DataPlaneCommand implements Callable<Integer> {
    @Option(names = "--quick", description = "Fewer packets and rounds: to see that it works, not to quote")
    private boolean quick;

    @Option(
            names = "--output",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})",
            defaultValue = "text")
    private Output output = Output.TEXT;

    @Option(
            names = "--only",
            description = "Only figures whose names begin like this; a wrong one gets the list of all",
            defaultValue = "")
    private String only = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Figures figures = new Figures();

    @Override
    public Integer call() {
        List<String> names =
                lanes().stream().flatMap(lane -> lane.figures().stream()).toList();
        if (names.stream().noneMatch(name -> name.startsWith(only))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no figure begins with \"" + only + "\"; there are " + String.join(", ", names));
        }
        boolean complete = true;
        for (Lane lane : lanes()) {
            complete &= lane.figures().stream().noneMatch(name -> name.startsWith(only)) || succeeds(lane);
        }
        Figures wanted = figures.beginning(only);
        System.out.print(
                switch (output) {
                    case TEXT -> wanted.table();
                    case JSON -> wanted.json() + "\n";
                    case MARKDOWN ->
                        wanted.markdown(Aims.ALL.stream()
                                .filter(aim -> aim.figure().startsWith(only))
                                .toList());
                });
        return complete ? 0 : 1;
    }

    /** What is measured together. */
    record Lane(Runnable measurement, List<String> figures) {
        private static Lane of(Runnable measurement, String... figures) {
            return new Lane(measurement, List.of(figures));
        }
    }

    /** In the order in which they are measured. */
    List<Lane> lanes() {
        PacketFigures packets = new PacketFigures(quick, this::say, figures);
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
                        () -> new TcpStreams(quick, this::say).measure(figures),
                        "tcp_throughput",
                        "tcp_throughput_nft",
                        "plain_tcp_gbit"),
                Lane.of(
                        () -> new ChangeCosts(quick, this::say).measure(figures),
                        "change_ms",
                        "change_scale",
                        "cold_start_s",
                        "kernel_mib"),
                Lane.of(() -> edits("edit_loss", FastPath.ON), "edit_loss"),
                Lane.of(() -> edits("edit_loss_slow", FastPath.OFF), "edit_loss_slow"));
    }

    /** What the others have measured is not lost when one fails. */
    private boolean succeeds(Lane lane) {
        try {
            lane.measurement().run();
            return true;
        } catch (KernelRefused | IllegalStateException | UncheckedIOException failed) {
            say("not measured: " + String.join(", ", lane.figures()) + ": " + failed.getMessage());
            return false;
        }
    }

    private void edits(String name, FastPath fastPath) {
        figures.put(name, new EditLoss(quick ? 300 : 2_000, quick ? 1 : 5, fastPath, this::say).measure());
    }

    private void say(String what) {
        System.err.println("bench: " + what);
    }
}
