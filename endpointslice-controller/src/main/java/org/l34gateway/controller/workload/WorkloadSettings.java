// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import java.util.List;

/**
 * What the chart says about gateway pods.
 *
 * @param gatewayImage image of gateway-agent
 * @param birdImage image of BIRD
 * @param imagePullPolicy {@code Always}, {@code IfNotPresent} or {@code Never}
 * @param imagePullSecrets names of Secrets in the Gateway's namespace
 * @param networkNamespace namespace of the NetworkAttachmentDefinition {@code policy-route}
 * @param namespaceRole ClusterRole that gateway pods get in their own namespace
 * @param clusterRole ClusterRole that gateway pods get in the whole cluster: reads only
 */
public record WorkloadSettings(
        String gatewayImage,
        String birdImage,
        String imagePullPolicy,
        List<String> imagePullSecrets,
        String networkNamespace,
        String namespaceRole,
        String clusterRole) {
    public WorkloadSettings {
        imagePullSecrets = List.copyOf(imagePullSecrets);
    }
}
