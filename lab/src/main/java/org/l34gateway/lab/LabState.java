// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.lab.host.Host;
import org.l34gateway.lab.host.ProcessMark;

/**
 * What is known about a lab beyond the processes that made it. It is written before each act, so that a killed {@code up} can
 * be cleaned up.
 *
 * @param name of the lab
 * @param folder where its files are
 * @param tools where its programs are: tool → folder
 * @param phase how far {@code up} came
 * @param hosts name → first process
 */
record LabState(String name, String folder, Map<String, String> tools, Phase phase, Map<String, ProcessMark> hosts) {

    /** How far {@code up} came. */
    enum Phase {
        STARTING,
        UP
    }

    LabState {
        tools = Map.copyOf(tools);
        hosts = Map.copyOf(hosts);
    }

    LabState with(Host host) {
        var more = new TreeMap<>(hosts);
        more.put(host.name(), host.process());
        return new LabState(name, folder, tools, phase, more);
    }

    LabState with(Phase next) {
        return new LabState(name, folder, tools, next, hosts);
    }

    /** Whether every host of a finished lab is there. */
    boolean alive() {
        return phase == Phase.UP && hosts.values().stream().allMatch(ProcessMark::alive);
    }
}
