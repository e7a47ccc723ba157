// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Says that there is no benchmark yet: a figure nobody measured is worse than none. */
@Command(name = "bench", description = "Benchmarks (none yet: they come with the data plane's fast path)")
public final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        System.err.println("l34: benchmarks come with the module `bench`; nothing was run"
                + (arguments.isEmpty() ? "" : ": " + String.join(" ", arguments)));
        return 2;
    }
}
