// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.util.List;
import org.l34gateway.lab.topology.Topology;

/** Texts of the configuration files of a node. Paths are as the node sees them. */
public final class NodeFiles {
    static final String MULTUS_KUBECONFIG = "/etc/cni/net.d/multus.d/multus.kubeconfig";
    static final String WHEREABOUTS_KUBECONFIG = "/etc/cni/net.d/whereabouts.d/whereabouts.kubeconfig";

    private NodeFiles() {}

    /**
     * config.toml of containerd 2, all folders where they are on any node.
     *
     * @param snapshotter {@code overlayfs}, or {@code native} where overlays do not work
     */
    static String containerd(String snapshotter) {
        return """
        # Made by ./l34 lab up.
        version = 3
        root = "/var/lib/containerd"
        state = "/run/containerd"
        [grpc]
          address = "/run/containerd/containerd.sock"
        [plugins.'io.containerd.cri.v1.images']
          snapshotter = "%s"
          [plugins.'io.containerd.cri.v1.images'.pinned_images]
            sandbox = "docker.io/%s"
        [plugins.'io.containerd.cri.v1.runtime']
          # Not every lab's root has CAP_SYS_RESOURCE.
          restrict_oom_score_adj = true
          [plugins.'io.containerd.cri.v1.runtime'.cni]
            bin_dirs = ["/opt/cni/bin"]
            conf_dir = "/etc/cni/net.d"
          [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
            runtime_type = "io.containerd.runc.v2"
            [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
              SystemdCgroup = false
        """.formatted(snapshotter, PauseImage.NAME);
    }

    /**
     * KubeletConfiguration. No unsafe sysctl is allowed.
     *
     * @param cgroup top of the node's control groups, without a slash
     */
    static String kubelet(String node, String cgroup, LabFiles files) {
        return """
        # Made by ./l34 lab up.
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        authentication:
          anonymous: {enabled: false}
          webhook: {enabled: true}
          x509: {clientCAFile: %1$s}
        authorization: {mode: Webhook}
        tlsCertFile: %2$s
        tlsPrivateKeyFile: %3$s
        containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
        cgroupDriver: cgroupfs
        cgroupRoot: /%4$s
        failCgroupV1: false
        failSwapOn: false
        clusterDomain: cluster.local
        clusterDNS: [10.96.0.10]
        resolvConf: %5$s
        volumePluginDir: /var/lib/kubelet/volumeplugins
        # All images are there already; none may be thrown away, since none can be fetched again.
        imageGCHighThresholdPercent: 100
        evictionHard: {memory.available: 100Mi}
        enforceNodeAllocatable: []
        maxPods: 200
        # What is killed over and over again, as tests do, comes back soon each time.
        crashLoopBackOff: {maxContainerRestartPeriod: 10s}
        """.formatted(
                        files.certificate("ca"),
                        files.certificate(node),
                        files.key(node),
                        cgroup,
                        files.node(node).etc().resolve("resolv.conf"));
    }

    /** Multus, thin, with the pods' primary network inside: a bridge with addresses of both families. */
    static String multus(int node) {
        List<String> cidrs = Topology.podCidrs(node);
        return """
        {
          "cniVersion": "1.0.0",
          "name": "multus-cni-network",
          "type": "multus",
          "kubeconfig": "%1$s",
          "confDir": "/etc/cni/net.d",
          "binDir": "/opt/cni/bin",
          "cniDir": "/var/lib/cni/multus",
          "delegates": [
            {
              "cniVersion": "1.0.0",
              "name": "pod-network",
              "plugins": [
                {
                  "type": "bridge",
                  "bridge": "cni0",
                  "isDefaultGateway": true,
                  "hairpinMode": true,
                  "ipam": {
                    "type": "host-local",
                    "dataDir": "/var/lib/cni/networks",
                    "ranges": [[{"subnet": "%2$s"}], [{"subnet": "%3$s"}]]
                  }
                }
              ]
            }
          ]
        }
        """.formatted(MULTUS_KUBECONFIG, cidrs.get(0), cidrs.get(1));
    }

    /** Settings that every network with whereabouts addresses on this node shares. */
    static String whereabouts() {
        return """
        {
          "datastore": "kubernetes",
          "kubernetes": {"kubeconfig": "%s"},
          "log_file": "/var/log/whereabouts.log",
          "log_level": "error"
        }
        """.formatted(WHEREABOUTS_KUBECONFIG);
    }
}
