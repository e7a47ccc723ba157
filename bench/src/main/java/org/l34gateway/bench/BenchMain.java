// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import org.l34gateway.bench.cni.CniCommand;
import org.l34gateway.bench.dataplane.DataPlaneCommand;
import org.l34gateway.bench.pods.PodsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./l34 bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measure against plain forwarding and peers, interleaved in one run; needs root and an idle machine",
        subcommands = {DataPlaneCommand.class, CniCommand.class, PodsCommand.class})
public final class BenchMain {
    private BenchMain() {}

    /** Ends with 0 when everything was measured. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchMain()).setCaseInsensitiveEnumValuesAllowed(true);
    }
}
