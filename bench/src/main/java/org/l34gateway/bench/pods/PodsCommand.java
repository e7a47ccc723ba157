// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.l34gateway.bench.Figures;
import org.l34gateway.bench.Lane;
import org.l34gateway.bench.Report;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.command.LabOption;
import org.l34gateway.lab.process.CommandFailed;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.product.Product;
import org.l34gateway.lab.product.Repository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./l34 bench pods}. */
@Command(
        name = "pods",
        mixinStandardHelpOptions = true,
        description = {
            "What our attachments add to the start of a pod, how soon a change is in 50 pods, whether a pod is ever Ready",
            "without its VIPs, and what stays when pods are gone. Needs a lab that is up (./l34 lab up); installs this",
            "repository there, makes a namespace for each measurement and deletes it, also on Ctrl-C."
        })
public final class PodsCommand implements Callable<Integer> {
    @Mixin
    private LabOption lab = new LabOption();

    @Mixin
    private Report report = new Report();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Figures figures = new Figures();
    private final Progress progress = new Progress(System.err);

    @Override
    public Integer call() {
        report.requireKnown(lanes());
        try {
            install(lab.running());
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
        } catch (IllegalStateException | CommandFailed unfit) {
            spec.commandLine().getErr().println("bench: " + unfit.getMessage());
            return 1;
        }
        return report.run(lanes(), figures, PodsAims.ALL);
    }

    private void install(Lab running) {
        Repository repository = Repository.ofThisRun();
        progress.run("L34 Gateway built", repository::build);
        new Product(running, repository, progress).install();
    }

    /** In the order in which they are measured. */
    List<Lane> lanes() {
        return List.of(
                Lane.of(
                        () -> on(stage -> new SandboxCost(stage, report.quick(), report::say).measure(figures)),
                        "pod_sandbox_ms",
                        "pod_sandbox_with_ms",
                        "pod_sandbox_without_ms"),
                Lane.of(
                        () -> on(stage -> new ChangeOfPods(stage, report.quick(), report::say).measure(figures)),
                        "change_50_pods_ms",
                        "change_first_pod_ms"),
                Lane.of(
                        () -> on(stage -> new ComingAndGoing(stage, report.quick(), report::say).measure(figures)),
                        "ready_without_vip",
                        "residue",
                        "pod_starts",
                        "kills",
                        "answers"));
    }

    private void on(Consumer<Stage> measurement) {
        try (Stage stage = Stage.open(new Product(lab.running(), Repository.ofThisRun(), progress), report::say)) {
            measurement.accept(stage);
        }
    }
}
