// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import org.l34gateway.cni.json.Json;

/**
 * One ADD, DEL or CHECK.
 *
 * @param who the attachment, as far as the runtime told
 * @param config the network configuration
 */
public record Request(Attachment who, Json.Obj config) {
    /** Key in {@code args.cni} under which the Gateway's name is given. */
    public static final String GATEWAY_KEY = "service.kubernetes.io/service-proxy-name";

    /** Arguments of this attachment ({@code args.cni}); where there are none, the network's own configuration. */
    public Json.Obj settings() {
        Json.Obj args = config.object("args");
        return args.get("cni") instanceof Json.Obj given ? given : config;
    }

    static Request of(AttachmentKey key, String netns, String cniArgs, Json.Obj config) {
        PodRef pod = new PodRef(
                argument(cniArgs, "K8S_POD_NAMESPACE"),
                argument(cniArgs, "K8S_POD_NAME"),
                argument(cniArgs, "K8S_POD_UID"));
        String gateway = config.object("args").object("cni").text(GATEWAY_KEY);
        Attachment who =
                new Attachment(key, netns, config.text("name"), pod, GatewayRef.parse(gateway, pod.namespace()));
        return new Request(who, config);
    }

    /** A value of {@code CNI_ARGS}, {@code K=V;K=V}; empty when it is not there. */
    private static String argument(String cniArgs, String name) {
        int at = 0;
        while (at < cniArgs.length()) {
            int end = cniArgs.indexOf(';', at);
            end = end < 0 ? cniArgs.length() : end;
            if (cniArgs.startsWith(name + "=", at)) {
                return cniArgs.substring(Math.min(at + name.length() + 1, end), end);
            }
            at = end + 1;
        }
        return "";
    }
}
