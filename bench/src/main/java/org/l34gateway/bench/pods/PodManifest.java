// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import org.l34gateway.lab.cluster.LabImage;

/**
 * A pod with a primary network and one macvlan.
 *
 * @param node where it is to run: no scheduler takes part
 * @param app {@link #SELECTED} gets our attachments, {@link #BYSTANDER} does not
 * @param container what runs in it, as YAML
 */
record PodManifest(String name, String node, String app, String container) {
    /** The Service of the example selects these. */
    static final String SELECTED = "example-target-application-b";
    /** Nothing selects these. */
    static final String BYSTANDER = "bench-bystander";
    /** Label of all pods that this benchmark makes itself. */
    static final String OURS = "l34-bench=pods";

    /** It only is there. */
    static PodManifest idle(String name, String node, String app) {
        return new PodManifest(name, node, app, "{name: pause, image: " + LabImage.PAUSE + ", imagePullPolicy: Never}");
    }

    /** It answers whoever asks, and is Ready when it can. */
    static PodManifest serving(String name, String node, String image) {
        return new PodManifest(
                name,
                node,
                SELECTED,
                "{name: target, image: \"" + image + "\", imagePullPolicy: Never, "
                        + "readinessProbe: {tcpSocket: {port: " + Stage.PORT + "}, periodSeconds: 1}}");
    }

    String yaml() {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  labels: {app: %s, %s}
                  annotations:
                    k8s.v1.cni.cncf.io/networks: '[{"name":"macvlan-nad-2","interface":"net2"}]'
                spec:
                  nodeName: %s
                  terminationGracePeriodSeconds: 1
                  automountServiceAccountToken: false
                  enableServiceLinks: false
                  containers: [%s]
                """.formatted(name, app, OURS.replace("=", ": "), node, container);
    }
}
