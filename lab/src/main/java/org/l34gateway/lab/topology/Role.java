// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

/** What a host of the lab is for. */
public enum Role {
    /** Holds the bridges; no addresses. */
    FABRIC,
    /** etcd, API server, controller manager, scheduler. */
    CONTROL_PLANE,
    /** containerd, kubelet, kube-proxy. */
    NODE,
    /** An outside router with BIRD; the clients of VIPs live here. */
    ROUTER
}
