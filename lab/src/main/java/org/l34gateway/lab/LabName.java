// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.util.List;
import org.l34gateway.lab.topology.Role;
import org.l34gateway.lab.topology.Topology;

/**
 * The name of a lab; names of processes' marks and control groups derive from it.
 *
 * @param text a lower-case letter, then up to 19 letters, digits or hyphens
 */
public record LabName(String text) {
    /** The lab of commands that name none. */
    public static final LabName DEFAULT = new LabName("lab");

    /** @throws IllegalArgumentException when it is no such text; the message quotes it */
    public LabName {
        if (!text.matches("[a-z][a-z0-9-]{0,19}")) {
            throw new IllegalArgumentException(
                    "a lab's name is a lower-case letter and up to 19 letters, digits or hyphens, got \"" + text
                            + "\"");
        }
    }

    /** Environment variable of every process of the lab, {@code NAME=VALUE}. */
    String marker() {
        return "L34_LAB=" + text;
    }

    /** Top of the control groups of {@code node}. */
    String cgroup(String node) {
        return "l34-" + text + "-" + node;
    }

    /** All top control groups of the lab. */
    List<String> cgroups(Topology topology) {
        return topology.withRole(Role.NODE).stream()
                .map(node -> cgroup(node.name()))
                .toList();
    }

    @Override
    public String toString() {
        return text;
    }
}
