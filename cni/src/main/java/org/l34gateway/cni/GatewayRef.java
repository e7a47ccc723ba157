// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/** The Gateway for which an attachment was made; both empty when nobody said so. */
public record GatewayRef(String namespace, String name) {
    /** Reads {@code NAME}, which is in the pod's namespace, or {@code NAMESPACE/NAME}. */
    public static GatewayRef parse(String text, String podNamespace) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new GatewayRef(text.isEmpty() ? "" : podNamespace, text)
                : new GatewayRef(text.substring(0, slash), text.substring(slash + 1));
    }
}
