// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Content of a GatewayReport. Prefixes and addresses are canonical text; lists are sorted.
 *
 * @param gateway the Gateway that the pod belongs to
 * @param podUID the pod that writes
 * @param observedAt RFC 3339 time of the last look at kernel and BIRD
 * @param programmed whether the wanted program is in the kernel, also one without targets
 * @param addresses of the pod on the Gateway's internal networks: the next hops of application pods
 * @param defaultRoutes families with a default route learned from a router: {@code IPv4}, {@code IPv6}
 * @param answerVIPs VIPs whose answers the kernel of this pod carries outside
 * @param targets which targets have slots of which VIPs
 * @param announcedVIPs VIPs that BIRD exports to routers
 * @param sessions with the outside routers
 * @param unreachable targets of which this pod's own probes get no answer, sorted by pod; other gateway pods leave one
 *     out of their tables when a majority says so
 * @param isolated whether the others still reach most targets and this pod does not: it announces nothing, is no next
 *     hop, and what it cannot reach counts for nobody. Absent is false
 * @param problems what this pod could not do, and why
 */
public record GatewayReportSpec(
        Report.ObjectRef gateway,
        String podUID,
        @Nullable String nodeName,
        String observedAt,
        boolean programmed,
        List<String> addresses,
        List<String> defaultRoutes,
        @JsonProperty("answerVIPs") List<String> answerVIPs,
        List<TargetVips> targets,
        @JsonProperty("announcedVIPs") List<String> announcedVIPs,
        List<Session> sessions,
        List<Unreachable> unreachable,
        boolean isolated,
        List<Report.Problem> problems) {
    public GatewayReportSpec {
        addresses = JsonList.of(addresses);
        defaultRoutes = JsonList.of(defaultRoutes);
        answerVIPs = JsonList.of(answerVIPs);
        targets = JsonList.of(targets);
        announcedVIPs = JsonList.of(announcedVIPs);
        sessions = JsonList.of(sessions);
        unreachable = JsonList.of(unreachable);
        problems = JsonList.of(problems);
    }

    /**
     * A target and the VIPs that send it packets.
     *
     * @param podUID the target's pod
     */
    public record TargetVips(
            String podUID, @JsonProperty("vips") List<String> vips) {
        public TargetVips {
            vips = JsonList.of(vips);
        }
    }

    /**
     * A target that does not answer.
     *
     * @param podUID the target's pod
     * @param addresses that do not answer, on the Gateway's internal networks: one family may fail alone
     */
    public record Unreachable(String podUID, List<String> addresses) {
        public Unreachable {
            addresses = JsonList.of(addresses);
        }
    }

    /**
     * A routing session as BIRD tells it.
     *
     * @param router name of the GatewayRouter
     * @param state BGP state (RFC 4271 §8.2.2), {@code Established} when up
     * @param bfd BFD state, absent when BFD is off
     * @param lastError as BIRD says it, absent when there was none
     */
    public record Session(
            String router,
            String state,
            @Nullable String bfd,
            @Nullable String lastError) {}
}
