// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Content of a NodeReport. Prefixes and addresses are canonical text; lists are sorted.
 *
 * @param bootID of the node's kernel; the report counts while it equals {@code Node.status.nodeInfo.bootID}
 * @param observedAt RFC 3339 time of the last look at the kernel
 * @param agentVersion version of the node-agent
 * @param pods with at least one attachment of ours
 */
public record NodeReportSpec(
        @JsonProperty("bootID") String bootID, String observedAt, String agentVersion, List<PodReport> pods) {
    public NodeReportSpec {
        pods = JsonList.of(pods);
    }

    /**
     * One pod in its present sandbox.
     *
     * @param sandbox container id of the sandbox, or a name of the network namespace for adopted pods
     * @param podIPs primary addresses in that sandbox; the entry counts while they are those of {@code Pod.status}
     * @param gateways what the pod holds for each Gateway
     * @param problems what could not be attached, and why
     */
    public record PodReport(
            String namespace,
            String name,
            String uid,
            String sandbox,
            @JsonProperty("podIPs") List<String> podIPs,
            List<PodGateway> gateways,
            List<Report.Problem> problems) {
        public PodReport {
            podIPs = JsonList.of(podIPs);
            gateways = JsonList.of(gateways);
            problems = JsonList.of(problems);
        }
    }

    /**
     * What a pod's kernel holds for one Gateway.
     *
     * @param gateway the Gateway; its uid may be empty while only the plugin has acted
     * @param vips on {@code lo}, with their rules
     * @param nextHops of the default routes in the table
     * @param table id of the routing table, ≥ 5000
     */
    public record PodGateway(Report.ObjectRef gateway, List<String> vips, List<String> nextHops, int table) {
        public PodGateway {
            vips = JsonList.of(vips);
            nextHops = JsonList.of(nextHops);
        }
    }
}
