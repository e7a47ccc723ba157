// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.cni;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The native executables that ship.
 *
 * @param root of the repository, which has been built
 */
record Executables(Path root) {
    /** Of the repository that {@code ./l34} or Maven runs in: system property {@code l34.root}, else the working directory. */
    static Executables ofThisRun() {
        return new Executables(Path.of(System.getProperty("l34.root", "")).toAbsolutePath());
    }

    /** Holds VIPs on {@code lo}. */
    Path vip() {
        return executable("cni-vip-plugin", "loopback-vip");
    }

    /** Routes by source. */
    Path policyRoute() {
        return executable("cni-sbr-plugin", "policy-route");
    }

    private Path executable(String module, String name) {
        Path file = root.resolve(module).resolve("target/native").resolve(name);
        if (!Files.isExecutable(file)) {
            throw new IllegalStateException(file + " was not built; this does it, with gcc and libc6-dev: mvn -pl "
                    + module + " -am package -DskipTests -Dnative.required=true");
        }
        return file;
    }
}
