// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.util.List;
import java.util.concurrent.Callable;
import org.l34gateway.bench.Figures;
import org.l34gateway.bench.Lane;
import org.l34gateway.bench.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./l34 bench cni}. */
@Command(
        name = "cni",
        mixinStandardHelpOptions = true,
        description = {
            "What the CNI plugins add to the start of a pod, as a part of what plugins in Go add. Figures are medians of",
            "rounds in which everything is measured in turn. Needs Go once, for the peers."
        })
public final class CniCommand implements Callable<Integer> {
    @Mixin
    private Report report = new Report();

    private final Figures figures = new Figures();

    @Override
    public Integer call() {
        return report.run(lanes(), figures, CniAims.ALL);
    }

    /** In the order in which they are measured. */
    List<Lane> lanes() {
        CniFigures cni = new CniFigures(report.quick(), report::say, figures);
        return List.of(
                Lane.of(
                        cni::vip,
                        "add_p50",
                        "add_p50_tmpfs",
                        "add_p50_loopback",
                        "add_p50_tuning",
                        "add_cpu",
                        "add_ms",
                        "add_go_ms",
                        "del_p50"),
                Lane.of(cni::atOnce, "add_p99_20", "add_p99_20_tmpfs", "add_p50_20", "add_p99_20_ms"),
                Lane.of(cni::memory, "add_rss_mib", "add_rss_go_mib"),
                Lane.of(
                        cni::policyRoute,
                        "sbr_add_p50",
                        "sbr_add_p50_tmpfs",
                        "sbr_add_cpu",
                        "sbr_add_ms",
                        "sbr_add_go_ms",
                        "sbr_del_p50"));
    }
}
