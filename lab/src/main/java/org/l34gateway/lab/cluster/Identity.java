// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.l34gateway.lab.topology.HostPlan;
import org.l34gateway.lab.topology.Role;
import org.l34gateway.lab.topology.Topology;

/**
 * Who talks to the API server, each with a certificate of its own.
 *
 * @param name of certificate and kubeconfig
 * @param subject distinguished name: O is the group, CN the user
 * @param alternatives what a server with this certificate answers to
 */
public record Identity(String name, String subject, List<String> alternatives) {
    public static final String ADMIN = "admin";
    public static final String API_SERVER = "apiserver";
    public static final String CONTROLLER_MANAGER = "controller-manager";
    public static final String SCHEDULER = "scheduler";
    public static final String PROXY = "kube-proxy";
    /** User names in manifests/rbac.yaml. */
    public static final String MULTUS = "multus";

    public static final String WHEREABOUTS = "whereabouts";

    public Identity {
        alternatives = List.copyOf(alternatives);
    }

    /** All identities of a cluster. */
    public static List<Identity> of(Topology topology) {
        var all = new ArrayList<>(List.of(
                new Identity(
                        API_SERVER,
                        "CN=kube-apiserver",
                        List.of(
                                "DNS:kubernetes",
                                "DNS:kubernetes.default",
                                "DNS:kubernetes.default.svc",
                                "DNS:kubernetes.default.svc.cluster.local",
                                "IP:" + Topology.API_SERVICE,
                                "IP:" + Topology.API_SERVER)),
                new Identity(ADMIN, "O=system:masters,CN=admin", List.of()),
                new Identity(CONTROLLER_MANAGER, "CN=system:kube-controller-manager", List.of()),
                new Identity(SCHEDULER, "CN=system:kube-scheduler", List.of()),
                new Identity(PROXY, "CN=system:kube-proxy", List.of()),
                new Identity(MULTUS, "CN=l34-lab:multus", List.of()),
                new Identity(WHEREABOUTS, "CN=l34-lab:whereabouts", List.of())));
        for (HostPlan node : topology.withRole(Role.NODE)) {
            var names = new ArrayList<>(List.of("DNS:" + node.name()));
            Topology.nodeAddresses(Topology.numberOf(node.name())).forEach(address -> names.add("IP:" + address));
            all.add(new Identity(node.name(), "O=system:nodes,CN=system:node:" + node.name(), names));
        }
        return all;
    }

    /** Writes a kubeconfig that holds the certificate and key themselves, so that it works in every mount namespace. */
    static void writeKubeconfig(Path file, Pki pki, String identity) throws IOException {
        String text = """
                apiVersion: v1
                kind: Config
                clusters: [{name: lab, cluster: {server: "https://%s:6443", certificate-authority-data: %s}}]
                users: [{name: %s, user: {client-certificate-data: %s, client-key-data: %s}}]
                contexts: [{name: lab, context: {cluster: lab, user: %s}}]
                current-context: lab
                """.formatted(
                        Topology.API_SERVER,
                        base64(pki.certificate("ca")),
                        identity,
                        base64(pki.certificate(identity)),
                        base64(pki.key(identity)),
                        identity);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }
}
