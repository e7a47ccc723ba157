// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A process that can not be mistaken for a later one with the same number.
 *
 * @param pid as the machine numbers it
 * @param startTicks field 22 of /proc/PID/stat (proc(5)): clock ticks after boot when it started
 */
public record ProcessMark(long pid, long startTicks) {

    /**
     * The process that has this number now.
     *
     * @throws IOException when there is none
     */
    public static ProcessMark of(long pid) throws IOException {
        return new ProcessMark(pid, Long.parseLong(statFields(pid).get(19)));
    }

    /** Whether this very process is there and more than a zombie. */
    public boolean alive() {
        try {
            var fields = statFields(pid);
            return Long.parseLong(fields.get(19)) == startTicks
                    && !fields.getFirst().equals("Z");
        } catch (IOException e) {
            return false;
        }
    }

    /** The fields after the name, which may hold spaces and brackets: the first one is the state. */
    private static List<String> statFields(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return Arrays.asList(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    }
}
