// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;

/** What our plugins cost beside plugins in Go. */
final class CniFigures {
    private static final int AT_ONCE = 20;
    private static final String OURS = "ours";
    private static final String GO = "go";
    private static final String LOOPBACK = "loopback";
    private static final String TUNING = "tuning";
    private static final String TMPFS = "tmpfs";

    private final boolean quick;
    private final Consumer<String> say;
    private final Figures figures;

    /** @param say is told what is being measured */
    CniFigures(boolean quick, Consumer<String> say, Figures figures) {
        this.quick = quick;
        this.say = say;
        this.figures = figures;
    }

    /** One after the other. */
    void vip() {
        Executables ours = Executables.ofThisRun();
        GoPlugins go = GoPlugins.ready(say);
        try (Records records = Records.onDisk();
                Records memory = Records.inMemory();
                Race race = new Race(1)) {
            say.accept("loopback-vip one by one, records on " + records.fileSystem() + " in " + records.folder());
            race.add(OURS, Plugin.of(ours.vip(), Configs.vips(records.folder())));
            race.add(GO, Plugin.of(go.vip(), Configs.vips(records.folder())));
            race.add(LOOPBACK, Plugin.of(go.loopback(), Configs.loopback()));
            race.add(TUNING, Plugin.of(go.tuning(), Configs.tuning()));
            race.add(TMPFS, Plugin.of(ours.vip(), Configs.vips(memory.folder())));
            oneByOne(race);
            figures.put("add_p50", race.ratio(OURS, GO, Lap::addMillis));
            figures.put("add_p50_tmpfs", race.ratio(TMPFS, GO, Lap::addMillis));
            figures.put("add_p50_loopback", race.ratio(OURS, LOOPBACK, Lap::addMillis));
            figures.put("add_p50_tuning", race.ratio(OURS, TUNING, Lap::addMillis));
            figures.put("add_cpu", race.ratio(OURS, GO, Lap::addCpuMicros));
            figures.put("add_ms", race.figure(OURS, Lap::addMillis));
            figures.put("add_go_ms", race.figure(GO, Lap::addMillis));
            figures.put("del_p50", race.ratio(OURS, GO, Lap::delMillis));
        }
    }

    /** Many pods start at the same time. */
    void atOnce() {
        Executables ours = Executables.ofThisRun();
        GoPlugins go = GoPlugins.ready(say);
        try (Records records = Records.onDisk();
                Records memory = Records.inMemory();
                Race race = new Race(AT_ONCE)) {
            say.accept("loopback-vip in " + AT_ONCE + " pods at once");
            race.add(OURS, Plugin.of(ours.vip(), Configs.vips(records.folder())));
            race.add(GO, Plugin.of(go.vip(), Configs.vips(records.folder())));
            race.add(TMPFS, Plugin.of(ours.vip(), Configs.vips(memory.folder())));
            if (quick) {
                race.run(3, 2);
            } else {
                race.run(10, 10);
            }
            figures.put("add_p99_20", race.ratio(OURS, GO, Lap::addMillisOf99));
            figures.put("add_p99_20_tmpfs", race.ratio(TMPFS, GO, Lap::addMillisOf99));
            figures.put("add_p50_20", race.ratio(OURS, GO, Lap::addMillis));
            figures.put("add_p99_20_ms", race.figure(OURS, Lap::addMillisOf99));
        }
    }

    /** One run is one ADD. */
    void memory() {
        Executables ours = Executables.ofThisRun();
        GoPlugins go = GoPlugins.ready(say);
        say.accept("memory of loopback-vip");
        try (Records records = Records.onDisk();
                ResidentMemory resident = ResidentMemory.ready();
                Pod pod = new Pod(OURS)) {
            Plugin vip = Plugin.of(ours.vip(), Configs.vips(records.folder()));
            Plugin goVip = Plugin.of(go.vip(), Configs.vips(records.folder()));
            List<Double> mib = new ArrayList<>();
            List<Double> goMib = new ArrayList<>();
            for (int i = 0; i < (quick ? 5 : 40); i++) {
                mib.add(resident.ofAdd(vip, pod));
                goMib.add(resident.ofAdd(goVip, pod));
            }
            figures.put("add_rss_mib", new Figure(mib));
            figures.put("add_rss_go_mib", new Figure(goMib));
        }
    }

    /** Routing by source; Go's does it for the address of an interface, ours for VIPs. */
    void policyRoute() {
        Executables ours = Executables.ofThisRun();
        GoPlugins go = GoPlugins.ready(say);
        try (Records records = Records.onDisk();
                Records memory = Records.inMemory();
                Race race = new Race(1)) {
            say.accept("policy-route one by one");
            race.add(OURS, Plugin.of(ours.policyRoute(), Configs.policyRoutes(records.folder())));
            race.add(GO, Plugin.of(go.sbr(), Configs.sbr()));
            race.add(TMPFS, Plugin.of(ours.policyRoute(), Configs.policyRoutes(memory.folder())));
            oneByOne(race);
            figures.put("sbr_add_p50", race.ratio(OURS, GO, Lap::addMillis));
            figures.put("sbr_add_p50_tmpfs", race.ratio(TMPFS, GO, Lap::addMillis));
            figures.put("sbr_add_cpu", race.ratio(OURS, GO, Lap::addCpuMicros));
            figures.put("sbr_add_ms", race.figure(OURS, Lap::addMillis));
            figures.put("sbr_add_go_ms", race.figure(GO, Lap::addMillis));
            figures.put("sbr_del_p50", race.ratio(OURS, GO, Lap::delMillis));
        }
    }

    private void oneByOne(Race race) {
        if (quick) {
            race.run(3, 20);
        } else {
            race.run(10, 40);
        }
    }
}
