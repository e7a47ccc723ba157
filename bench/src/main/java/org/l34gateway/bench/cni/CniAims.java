// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import static org.l34gateway.bench.Aim.atMost;
import static org.l34gateway.bench.Aim.none;

import java.util.List;
import org.l34gateway.bench.Aim;

/** Every figure of the CNI plugins, in the order in which they are shown. "÷ Go" is time ÷ that of the plugin in Go with the same function. */
final class CniAims {
    static final List<Aim> ALL = List.of(
            atMost("add_p50", 0.6, 0.4, "ADD of `loopback-vip` ÷ Go, half of the calls, one after the other"),
            atMost("add_p99_20", 0.7, 0.4, "the same, 99 of 100 calls, 20 pods at once"),
            atMost("add_rss_mib", 3, 2, "MiB that an ADD has resident at most"),
            none("add_ms", "ms of an ADD"),
            none("add_go_ms", "ms of an ADD in Go"),
            none("add_p50_tmpfs", "`add_p50` with records in memory"),
            none("add_p99_20_tmpfs", "`add_p99_20` with records in memory"),
            none("add_cpu", "CPU time of an ADD ÷ Go"),
            none("del_p50", "DEL ÷ Go"),
            none("add_p50_20", "`add_p50` with 20 pods at once"),
            none("add_p99_20_ms", "ms that 99 of 100 ADDs take at most with 20 pods at once"),
            none("add_rss_go_mib", "MiB that an ADD in Go has resident at most"),
            none("add_p50_loopback", "ADD of `loopback-vip` ÷ that of Go's `loopback`"),
            none("add_p50_tuning", "the same ÷ that of Go's `tuning`, one sysctl"),
            none("sbr_add_p50", "ADD of `policy-route` ÷ that of Go's `sbr`"),
            none("sbr_add_p50_tmpfs", "the same with records in memory"),
            none("sbr_add_ms", "ms of an ADD of `policy-route`"),
            none("sbr_add_go_ms", "ms of an ADD of Go's `sbr`"),
            none("sbr_add_cpu", "CPU time of an ADD ÷ Go's `sbr`"),
            none("sbr_del_p50", "DEL ÷ Go's `sbr`"));

    private CniAims() {}
}
