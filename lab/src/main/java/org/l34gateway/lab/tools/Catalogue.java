// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.tools;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tools of the lab with their versions. */
public final class Catalogue {
    private static final String KUBERNETES_VERSION = "1.36.3";

    private Catalogue() {}

    static final Tool KUBERNETES = new Tool(
            "kubernetes",
            "k8s.io/kubernetes",
            KUBERNETES_VERSION,
            below(
                    "k8s.io/kubernetes/cmd/",
                    "kube-apiserver",
                    "kube-controller-manager",
                    "kube-proxy",
                    "kube-scheduler",
                    "kubectl",
                    "kubelet"),
            kubernetesVersionFlags(),
            List.of());

    static final Tool ETCD = new Tool(
            "etcd", "go.etcd.io/etcd/server/v3", "3.6.16", Map.of("etcd", "go.etcd.io/etcd/server/v3"), "", List.of());

    static final Tool CONTAINERD = new Tool(
            "containerd",
            "github.com/containerd/containerd/v2",
            "2.4.2",
            below("github.com/containerd/containerd/v2/cmd/", "containerd", "containerd-shim-runc-v2", "ctr"),
            "-X github.com/containerd/containerd/v2/version.Version=2.4.2",
            List.of());

    static final Tool MULTUS = new Tool(
            "multus",
            "gopkg.in/k8snetworkplumbingwg/multus-cni.v4",
            "4.2.3",
            below("gopkg.in/k8snetworkplumbingwg/multus-cni.v4/cmd/", "multus", "multus-daemon", "multus-shim"),
            "",
            List.of());

    static final Tool WHEREABOUTS = new Tool(
            "whereabouts",
            "github.com/k8snetworkplumbingwg/whereabouts",
            "0.8.0",
            Map.of("whereabouts", "github.com/k8snetworkplumbingwg/whereabouts/cmd"),
            "",
            List.of("doc/crds/whereabouts.cni.cncf.io_"));

    static final Tool GATEWAY_API =
            new Tool("gateway-api", "sigs.k8s.io/gateway-api", "1.6.3", Map.of(), "", List.of("config/crd/standard/"));

    /** Longest build first, so that two at a time end together. */
    public static final List<Tool> ALL = List.of(KUBERNETES, MULTUS, CONTAINERD, WHEREABOUTS, ETCD, GATEWAY_API);

    private static Map<String, String> below(String path, String... names) {
        var programs = new TreeMap<String, String>();
        for (String name : names) {
            programs.put(name, path + name);
        }
        return programs;
    }

    /** Without these the server reports a version that no client can parse. */
    private static String kubernetesVersionFlags() {
        var flags = new StringBuilder();
        for (String variables : List.of("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")) {
            flags.append("-X ").append(variables).append(".gitVersion=v" + KUBERNETES_VERSION + " ");
            flags.append("-X ").append(variables).append(".gitMajor=1 ");
            flags.append("-X ").append(variables).append(".gitMinor=36 ");
        }
        return flags.toString().strip();
    }
}
