// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.controller.workload.WorkloadSettings;
import picocli.CommandLine.Option;

/** Flags of the process; picocli fills the fields. */
final class ControllerSettings {
    @Option(names = "--gateway-image", required = true, description = "image of gateway-agent")
    private String gatewayImage = "";

    @Option(names = "--bird-image", required = true, description = "image of BIRD")
    private String birdImage = "";

    @Option(names = "--image-pull-policy", defaultValue = "IfNotPresent")
    private String imagePullPolicy = "";

    @Option(names = "--image-pull-secret", description = "Secret in a Gateway's namespace; may be repeated")
    private List<String> pullSecrets = new ArrayList<>();

    @Option(
            names = "--namespace",
            defaultValue = "${env:POD_NAMESPACE}",
            description = "namespace of this pod, of its Lease and of the NetworkAttachmentDefinitions")
    private String namespace = "";

    @Option(names = "--pod-name", defaultValue = "${env:POD_NAME}", description = "identity in the Lease")
    private String podName = "";

    @Option(names = "--lease-name", defaultValue = "l34-endpointslice-controller")
    private String leaseName = "";

    @Option(
            names = "--gateway-role",
            defaultValue = "l34-gateway",
            description = "ClusterRole that gateway pods get in their namespace")
    private String namespaceRole = "";

    @Option(
            names = "--gateway-cluster-role",
            defaultValue = "l34-gateway-cluster",
            description = "ClusterRole that gateway pods get in the cluster")
    private String clusterRole = "";

    @Option(names = "--health-port", defaultValue = "8081")
    private int healthPort;

    WorkloadSettings workload() {
        return new WorkloadSettings(
                gatewayImage, birdImage, imagePullPolicy, pullSecrets, namespace, namespaceRole, clusterRole);
    }

    String namespace() {
        return namespace;
    }

    String podName() {
        return podName;
    }

    String leaseName() {
        return leaseName;
    }

    int healthPort() {
        return healthPort;
    }
}
