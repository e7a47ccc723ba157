// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says that there is no benchmark yet: a figure nobody measured is worse than none. */
@Command(name = "bench", description = "Benchmarks (none yet: they come with the data plane's fast path)")
public final class BenchCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", hidden = true)
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        System.err.println("l34: benchmarks come with the module `bench`; nothing was run"
                + (arguments.isEmpty() ? "" : ": " + String.join(" ", arguments)));
        return 2;
    }
}
