// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The Java programs in image {@code l34-gateway}; a pod runs one with {@code args: ["@/app/NAME.args", …]}. */
enum JavaService {
    /** What it keeps grows with a Gateway's targets and slots; a small Gateway needs no more than 40 of these. */
    GATEWAY_AGENT(448),
    /** It grows with the pods of a node: with 32 MiB and 25 pods the JVM did little else than collect garbage. */
    NODE_AGENT(64),
    // Heaps that leave 50 MiB of each memory target to the rest of the JVM.
    WEBHOOK(64),
    ENDPOINTSLICE_CONTROLLER(96);

    private final int heapMebibytes;

    JavaService(int heapMebibytes) {
        this.heapMebibytes = heapMebibytes;
    }

    /** Name of the module and of the argument file: {@code gateway-agent}. */
    String module() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The java launcher's argument file: flags, class path, main class.
     *
     * @param classPath absolute paths in the image, the same for every service
     * @param mainClass with its package
     */
    String arguments(List<String> classPath, String mainClass) {
        var lines = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xms16m",
                "-Xmx" + heapMebibytes + "m",
                "-Xss512k",
                // A small young generation: a burst's garbage is collected before it has touched more memory.
                "-Xmn8m",
                // A collection gives memory back instead of keeping what one burst needed.
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=30",
                // Large maps are read and written in messages of many MiB; glibc keeps memory until it is told to trim.
                "-XX:TrimNativeHeapInterval=5000",
                "-XX:SharedArchiveFile=" + Recipes.CLASS_ARCHIVE,
                // Mapped where it was made for: at another address its pages would be written to and so be copied.
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0",
                // stdout is the log's, one JSON object per line.
                "-Xlog:disable",
                "-Xlog:all=warning:stderr",
                "--enable-native-access=ALL-UNNAMED",
                // Netty and JCTools; a warning on every start otherwise.
                "--sun-misc-unsafe-memory-access=allow",
                "-Djna.boot.library.path=" + Recipes.NATIVE_LIBRARIES,
                "-Djna.nounpack=true",
                "-Djna.noclasspath=true"));
        lines.add("-cp");
        lines.add(String.join(":", classPath));
        lines.add(mainClass);
        return String.join("\n", lines) + "\n";
    }
}
