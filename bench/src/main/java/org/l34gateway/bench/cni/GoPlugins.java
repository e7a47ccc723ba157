// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Peers in Go: {@code go-vip}, which is among the resources, and plugins of containernetworking/plugins in the version that its
 * go.mod pins.
 *
 * @param folder with the executables
 */
record GoPlugins(Path folder) {
    private static final String THEIRS = "github.com/containernetworking/plugins/plugins/";
    private static final GoModule MODULE = new GoModule(
            "go-vip",
            List.of("go.mod", "go.sum", "main.go", "tools.go"),
            List.of(".", THEIRS + "main/loopback", THEIRS + "meta/sbr", THEIRS + "meta/tuning"));

    /**
     * Builds them, unless the cache of the caller has them.
     *
     * @throws IllegalStateException when there is no Go or it fails; the message says what to do
     */
    static GoPlugins ready(Consumer<String> say) {
        return new GoPlugins(MODULE.ready(say));
    }

    /** Does what {@code loopback-vip} does. */
    Path vip() {
        return folder.resolve("go-vip");
    }

    Path sbr() {
        return folder.resolve("sbr");
    }

    Path tuning() {
        return folder.resolve("tuning");
    }

    Path loopback() {
        return folder.resolve("loopback");
    }
}
