// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import org.l34gateway.lab.topology.Topology;

/** How Multus works on a node. Clusters have one or the other, so a lab has both. */
enum Multus {
    /** The runtime starts it for each pod, and it starts the plugins: node1. */
    THIN("multus"),

    /**
     * The runtime starts a program that asks a daemon, which starts the plugins: node2. The daemon is a pod, and has mount and
     * PID namespaces of its own; the plugins have the node's file system as their root.
     */
    THICK("multus-shim");

    private final String program;

    Multus(String program) {
        this.program = program;
    }

    static Multus on(String node) {
        return Topology.numberOf(node) == 1 ? THIN : THICK;
    }

    /** What the runtime starts. */
    String program() {
        return program;
    }
}
