// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.tools;

import java.util.List;
import java.util.regex.Pattern;
import org.l34gateway.lab.process.Command;

/** The Go tool chain of this machine, in PATH or where its own installer puts it. */
public record Go(String program, String version) {
    private static final List<String> PLACES = List.of("go", "/usr/local/go/bin/go");
    private static final Pattern VERSION = Pattern.compile("go1\\.(\\d+)(\\.\\d+)?");
    /** The first minor version that go.mod of the tools asks for. */
    private static final int MINOR = 26;

    /**
     * The first one that is new enough.
     *
     * @throws IllegalStateException when there is none; the message says what to do
     */
    public static Go find() {
        for (String place : PLACES) {
            var outcome = Command.of(place, "version").run();
            var version = VERSION.matcher(outcome.out());
            if (outcome.good() && version.find() && Integer.parseInt(version.group(1)) >= MINOR) {
                return new Go(place, version.group());
            }
        }
        throw new IllegalStateException("Go 1." + MINOR
                + " or newer is needed to build the cluster's programs: install it in PATH or /usr/local/go");
    }
}
