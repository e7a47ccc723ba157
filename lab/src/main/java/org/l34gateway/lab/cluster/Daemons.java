// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.l34gateway.lab.tools.Tools;
import org.l34gateway.lab.topology.HostPlan;
import org.l34gateway.lab.topology.Role;
import org.l34gateway.lab.topology.Topology;

/**
 * The programs of a lab with their arguments.
 *
 * @param tools where the programs are
 * @param files where their files are
 */
public record Daemons(Tools tools, LabFiles files) {
    private static final String ETCD_CLIENTS = "http://127.0.0.1:2379";
    private static final String ETCD_PEERS = "http://127.0.0.1:2380";

    /** All programs of {@code topology}. */
    public List<Daemon> all(Topology topology) {
        var all = new ArrayList<>(List.of(etcd(), apiServer(), controllerManager(), scheduler()));
        topology.withRole(Role.NODE).stream().map(HostPlan::name).forEach(node -> all.addAll(onNode(node)));
        topology.withRole(Role.ROUTER).forEach(router -> all.add(bird(router.name())));
        return all;
    }

    public Daemon etcd() {
        return controlPlane(
                "etcd",
                "etcd",
                // A lab does not outlive the machine; waiting for disks would only make it slow.
                List.of(
                        "--unsafe-no-fsync",
                        "--data-dir",
                        files.etcd().toString(),
                        "--listen-client-urls",
                        ETCD_CLIENTS,
                        "--advertise-client-urls",
                        ETCD_CLIENTS,
                        "--listen-peer-urls",
                        ETCD_PEERS));
    }

    public Daemon apiServer() {
        return controlPlane(
                "apiserver",
                "kube-apiserver",
                List.of(
                        "--etcd-servers=" + ETCD_CLIENTS,
                        "--advertise-address=" + Topology.API_SERVER,
                        "--secure-port=6443",
                        "--tls-cert-file=" + files.certificate(Identity.API_SERVER),
                        "--tls-private-key-file=" + files.key(Identity.API_SERVER),
                        "--client-ca-file=" + files.certificate("ca"),
                        "--service-account-key-file=" + files.pki().resolve("sa.pub"),
                        "--service-account-signing-key-file=" + files.pki().resolve("sa.key"),
                        "--service-account-issuer=https://kubernetes.default.svc",
                        "--service-cluster-ip-range=" + Topology.SERVICE_CIDRS,
                        "--authorization-mode=Node,RBAC",
                        "--enable-admission-plugins=NodeRestriction",
                        "--allow-privileged=true",
                        // Calls webhooks at their pods' addresses: this host has no kube-proxy.
                        "--enable-aggregator-routing=true",
                        "--kubelet-certificate-authority=" + files.certificate("ca"),
                        "--kubelet-client-certificate=" + files.certificate(Identity.ADMIN),
                        "--kubelet-client-key=" + files.key(Identity.ADMIN),
                        "--kubelet-preferred-address-types=InternalIP"));
    }

    public Daemon controllerManager() {
        return controlPlane(
                "controller-manager",
                "kube-controller-manager",
                List.of(
                        "--kubeconfig=" + files.kubeconfig(Identity.CONTROLLER_MANAGER),
                        "--leader-elect=false",
                        "--use-service-account-credentials=true",
                        "--service-account-private-key-file=" + files.pki().resolve("sa.key"),
                        "--root-ca-file=" + files.certificate("ca"),
                        "--cluster-signing-cert-file=" + files.certificate("ca"),
                        "--cluster-signing-key-file=" + files.key("ca"),
                        "--service-cluster-ip-range=" + Topology.SERVICE_CIDRS));
    }

    public Daemon scheduler() {
        return controlPlane(
                "scheduler",
                "kube-scheduler",
                List.of("--kubeconfig=" + files.kubeconfig(Identity.SCHEDULER), "--leader-elect=false"));
    }

    /** containerd alone: images are loaded before the kubelet starts. */
    public Daemon containerd(String node) {
        var file = files.node(node).etc().resolve("containerd.toml");
        return new Daemon(node, "containerd", tool("containerd", List.of("--config", file.toString())));
    }

    /** What runs on a node: containerd, kubelet, kube-proxy. */
    public List<Daemon> onNode(String node) {
        int number = Topology.numberOf(node);
        var kubelet = tool(
                "kubelet",
                List.of(
                        "--config=" + files.node(node).etc().resolve("kubelet.yaml"),
                        "--kubeconfig=" + files.kubeconfig(node),
                        "--hostname-override=" + node,
                        "--node-ip=" + String.join(",", Topology.nodeAddresses(number)),
                        "--v=2"));
        var proxy = new ArrayList<>(List.of(
                "--kubeconfig=" + files.kubeconfig(Identity.PROXY),
                "--proxy-mode=nftables",
                "--cluster-cidr=" + Topology.POD_CIDRS,
                "--hostname-override=" + node,
                // The machine's limits are the machine's.
                "--conntrack-max-per-core=0"));
        if (!bridgesAskThePacketFilter()) {
            proxy.add("--masquerade-all");
        }
        return List.of(
                containerd(node),
                new Daemon(node, "kubelet", kubelet),
                new Daemon(node, "kube-proxy", tool("kube-proxy", proxy)));
    }

    /** BIRD of an outside router; birdc finds it at its usual socket inside the host. */
    public Daemon bird(String router) {
        return new Daemon(
                router,
                "bird",
                List.of("bird", "-d", "-c", files.birdConfig(router).toString(), "-s", "/run/bird/bird.ctl"));
    }

    /** With br_netfilter, answers between two pods of a node pass kube-proxy's rules; without it they have to be masqueraded. */
    private static boolean bridgesAskThePacketFilter() {
        return Files.exists(Path.of("/proc/sys/net/bridge"));
    }

    private Daemon controlPlane(String name, String program, List<String> arguments) {
        return new Daemon(Topology.CONTROL_PLANE, name, tool(program, arguments));
    }

    private List<String> tool(String program, List<String> arguments) {
        var words = Stream.of(
                "env",
                "PATH=" + tools.path(),
                "HOME=/root",
                tools.program(program).toString());
        return Stream.concat(words, arguments.stream()).toList();
    }
}
