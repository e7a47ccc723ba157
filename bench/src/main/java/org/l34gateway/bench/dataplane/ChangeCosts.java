// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.bench.Figure;
import org.l34gateway.bench.Figures;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.program.ForwardingProgram;
import org.l34gateway.program.Target;
import org.l34gateway.program.TargetGroup;

/** How long the load balancer takes to program the kernel, and how much memory the kernel needs for it. */
final class ChangeCosts {
    private static final int TARGETS = 10;
    private static final int CAPACITY = 16;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double KIB_PER_MIB = 1024;

    private final Consumer<String> say;
    private final int services;
    private final int changes;
    private final int starts;

    ChangeCosts(boolean quick, Consumer<String> say) {
        this.say = say;
        this.services = quick ? 100 : 1_000;
        this.changes = quick ? 10 : 60;
        this.starts = quick ? 2 : 5;
    }

    void measure(Figures figures) {
        say.accept("cold start and changes, " + services + " services with " + TARGETS + " targets each");
        List<Double> seconds = new ArrayList<>();
        List<Double> mebibytes = new ArrayList<>();
        List<Double> large = new ArrayList<>();
        List<Double> small = new ArrayList<>();
        for (int start = 0; start < starts; start++) {
            // The first start of this process is dropped: it waits for the JVM's compiler.
            try (Rig rig = new Rig();
                    Rig few = new Rig()) {
                Scenario many = Scenario.manyServices(IpFamily.IPV4, services, TARGETS, CAPACITY);
                rig.ready(many, FastPath.ON);
                long before = kernelKibibytes();
                double took = rig.apply(many.program()) / MILLIS_PER_SECOND;
                double memory = (kernelKibibytes() - before) / KIB_PER_MIB;
                Scenario ten = Scenario.manyServices(IpFamily.IPV4, 10, TARGETS, CAPACITY);
                few.balancing(ten, FastPath.ON);
                double manyMillis = changeMillis(rig, many.program());
                double tenMillis = changeMillis(few, ten.program());
                if (start > 0 || starts == 1) {
                    seconds.add(took);
                    mebibytes.add(memory);
                    large.add(manyMillis);
                    small.add(tenMillis);
                }
            }
        }
        figures.put("cold_start_s", new Figure(seconds));
        figures.put("kernel_mib", new Figure(mebibytes));
        figures.put("change_ms", new Figure(large));
        List<Double> scale = new ArrayList<>();
        for (int i = 0; i < large.size(); i++) {
            scale.add(large.get(i) / small.get(i));
        }
        figures.put("change_scale", new Figure(scale));
    }

    /** The median of changes in which a target of the first service goes or comes back. */
    private double changeMillis(Rig rig, ForwardingProgram program) {
        TargetGroup group = program.groups().getFirst();
        List<Target> fewer = group.targets().subList(1, group.targets().size());
        List<TargetGroup> groups = new ArrayList<>(program.groups());
        groups.set(0, group.withTargets(fewer));
        ForwardingProgram without = new ForwardingProgram(program.seed(), groups, program.flows());
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            millis.add(rig.apply(i % 2 == 0 ? without : program));
        }
        return new Figure(millis).median();
    }

    /** What the kernel has allocated for itself. */
    private static long kernelKibibytes() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.matches("(Slab|VmallocUsed|Percpu):.*"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
