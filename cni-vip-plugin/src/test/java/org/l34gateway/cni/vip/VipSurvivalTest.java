// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.testing.Call;
import org.l34gateway.cni.testing.KillPoint;
import org.l34gateway.cni.testing.PluginExecutable;
import org.l34gateway.cni.testing.Strace;
import org.l34gateway.cni.testing.SurvivalContract;
import org.l34gateway.linux.testing.ScratchNetns;

class VipSurvivalTest implements SurvivalContract {
    @Override
    public Plugin plugin() {
        return new VipPlugin();
    }

    @Override
    public void connect(ScratchNetns pod) {
        // lo is enough.
    }

    @Override
    public String arguments() {
        return "\"vips\":[\"20.0.0.1/32\",\"20.0.1.0/24\",\"2000::1/128\"]";
    }

    @Override
    public String otherArguments() {
        return "\"vips\":[\"20.0.0.1/32\",\"40.0.0.1/32\",\"2000::/64\"]";
    }

    @Override
    public List<String> everything(ScratchNetns pod) {
        List<String> all = new ArrayList<>(VipExecutableTest.vips(pod));
        all.addAll(VipExecutableTest.prefixes(pod));
        return all;
    }

    /** The reference's first DEL took the VIP from the other attachment. */
    @Test
    void a_vip_is_never_taken_from_another_attachment_by_whoever_is_killed(ScratchNetns pod, @TempDir Path data)
            throws Exception {
        assumeTrue(Strace.isThere(), "skipped: no strace");
        Call keeper = Call.of("ADD", pod.path(), data, "\"vips\":[\"20.0.0.1\",\"20.0.1.0/24\"]")
                .with("CNI_IFNAME", "f2");
        Call add = Call.of("ADD", pod.path(), data, arguments());
        Call del = Call.of("DEL", pod.path(), data, "");
        Call gc = Call.of("GC", pod.path(), data, "")
                .replacing(
                        "\"type\"",
                        "\"cni.dev/valid-attachments\":[{\"containerID\":\"c1\",\"ifname\":\"f2\"}],\"type\"");
        Call change = Call.of("ADD", pod.path(), data, "\"vips\":[\"40.0.0.1\"]");
        for (PluginExecutable executable : PluginExecutable.of(plugin())) {
            if (executable instanceof PluginExecutable.Native plugin) {
                assertThat(keeper.on(plugin).code()).isZero();
                List<String> kept = everything(pod);
                for (Call call : List.of(add, change, del, gc)) {
                    assertThat(add.on(plugin).code()).isZero();
                    for (KillPoint point : KillPoint.of(plugin, call)) {
                        assertThat(add.on(plugin).code()).isZero();
                        point.kill(plugin, call);
                        assertThat(everything(pod))
                                .as("%s of %s", point, call.env().get("CNI_COMMAND"))
                                .containsAll(kept);
                    }
                    assertThat(gc.on(plugin).code()).isZero();
                    assertThat(everything(pod)).isEqualTo(kept);
                }
                assertThat(del.with("CNI_IFNAME", "f2").on(plugin).code()).isZero();
                assertThat(everything(pod)).isEmpty();
                assertThat(data).isEmptyDirectory();
            }
        }
    }
}
