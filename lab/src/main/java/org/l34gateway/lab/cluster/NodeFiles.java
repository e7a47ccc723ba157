// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.util.List;
import org.l34gateway.lab.topology.Topology;

/** Texts of the configuration files of a node. Paths are as the node sees them. */
public final class NodeFiles {
    static final String MULTUS_KUBECONFIG = "/etc/cni/net.d/multus.d/multus.kubeconfig";
    /** Where the runtime looks. */
    static final String MULTUS_THIN = "/etc/cni/net.d/00-multus.conf";

    static final String MULTUS_THICK = "/etc/cni/net.d/multus.d/daemon-config.json";
    /** Where the runtime does not look: without Multus' daemon a node has no network, and is not ready. */
    static final String POD_NETWORK = "/etc/cni/net.d/primary.d/10-pod-network.conflist";

    static final String WHEREABOUTS = "/etc/cni/net.d/whereabouts.d/whereabouts.conf";
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
          # Every second otherwise: with 50 pods that takes a sixth of two processors.
          stats_collect_period = "30s"
          [plugins.'io.containerd.cri.v1.runtime'.cni]
            bin_dirs = ["/opt/cni/bin"]
            conf_dir = "/etc/cni/net.d"
          [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
            runtime_type = "io.containerd.runc.v2"
            [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
              SystemdCgroup = false
        """.formatted(snapshotter, LabImage.PAUSE);
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

    /** The pods' primary network: a bridge with addresses of both families. */
    static String podNetwork(String node) {
        List<String> cidrs = Topology.podCidrs(Topology.numberOf(node));
        return """
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
                "ranges": [[{"subnet": "%1$s"}], [{"subnet": "%2$s"}]]
              }
            }
          ]
        }
        """.formatted(cidrs.get(0), cidrs.get(1));
    }

    /** What the runtime starts on a thin node, which forgets the addresses of a primary network that is in a file of its own. */
    static String multusThin(String node) {
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
        %2$s
          ]
        }
        """.formatted(MULTUS_KUBECONFIG, podNetwork(node).indent(4).stripTrailing());
    }

    /**
     * The daemon's settings on a thick node; manifests/multus-daemon.yaml has the folders. The daemon writes what the runtime starts,
     * and takes it away when it ends.
     */
    static String multusThick() {
        return """
        {
          "cniVersion": "1.0.0",
          "chrootDir": "/hostroot",
          "socketDir": "/host/run/multus",
          "daemonSocketDir": "/run/multus",
          "cniConfigDir": "/host/etc/cni/net.d",
          "multusConfigFile": "auto",
          "multusAutoconfigDir": "/host%s",
          "logToStderr": true,
          "logLevel": "verbose"
        }
        """.formatted(POD_NETWORK.substring(0, POD_NETWORK.lastIndexOf('/')));
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
