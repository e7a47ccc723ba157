// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.tools;

import java.util.List;
import java.util.Map;

/**
 * One Go module whose programs or files the lab uses. The folder {@code tools/NAME} among the resources pins it, with all
 * that it needs, in go.mod and go.sum.
 *
 * @param name folder among the resources, and in the cache
 * @param module path of the module whose version counts
 * @param version of the module, without "v"
 * @param programs name of the program → Go package with its main function
 * @param linkerFlags what follows {@code -s -w} in {@code -ldflags}
 * @param files files of the module that are copied, as path beginnings below the module's top
 */
public record Tool(
        String name,
        String module,
        String version,
        Map<String, String> programs,
        String linkerFlags,
        List<String> files) {
    public Tool {
        programs = Map.copyOf(programs);
        files = List.copyOf(files);
    }

    /** Name and version, for people. */
    @Override
    public String toString() {
        return name + " " + version;
    }
}
