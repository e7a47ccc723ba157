// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import java.io.UncheckedIOException;
import java.util.List;
import org.l34gateway.lab.process.CommandFailed;
import org.l34gateway.netlink.KernelRefused;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every benchmark can be asked for: how much of it, how thoroughly, and how the figures are written. */
public final class Report {
    @Option(names = "--quick", description = "Fewer and shorter rounds: to see that it works, not to quote")
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

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    public boolean quick() {
        return quick;
    }

    /** Tells whoever waits, beside the figures. */
    public void say(String what) {
        System.err.println("bench: " + what);
    }

    /**
     * Measures the lanes that are wanted, in their order, and writes their figures.
     *
     * @param figures where the lanes put them
     * @return exit code: 0 when everything that was wanted was measured
     */
    public int run(List<Lane> lanes, Figures figures, List<Aim> aims) {
        requireKnown(lanes);
        boolean complete = true;
        for (Lane lane : lanes) {
            complete &= lane.figures().stream().noneMatch(name -> name.startsWith(only)) || succeeds(lane);
        }
        Figures wanted = figures.beginning(only);
        System.out.print(
                switch (output) {
                    case TEXT -> wanted.table();
                    case JSON -> wanted.json() + "\n";
                    case MARKDOWN ->
                        wanted.markdown(aims.stream()
                                .filter(aim -> aim.figure().startsWith(only))
                                .toList());
                });
        return complete ? 0 : 1;
    }

    /**
     * Lets only figures pass that there are.
     *
     * @throws ParameterException when the caller wants one that no lane puts
     */
    public void requireKnown(List<Lane> lanes) {
        List<String> names =
                lanes.stream().flatMap(lane -> lane.figures().stream()).toList();
        if (names.stream().noneMatch(name -> name.startsWith(only))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no figure begins with \"" + only + "\"; there are " + String.join(", ", names));
        }
    }

    /** What the others have measured is not lost when one fails. */
    private boolean succeeds(Lane lane) {
        try {
            lane.measurement().run();
            return true;
        } catch (KernelRefused | CommandFailed | IllegalStateException | UncheckedIOException failed) {
            say("not measured: " + String.join(", ", lane.figures()) + ": " + failed.getMessage());
            return false;
        }
    }
}
