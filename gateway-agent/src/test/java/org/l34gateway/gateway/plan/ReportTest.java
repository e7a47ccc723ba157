// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.addresses;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.vips;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.bird.BgpSession;
import org.l34gateway.ip.IpFamily;

class ReportTest {
    private static final long SECOND = 1_000_000_000L;

    static GatewayReportSpec content(boolean leaving, BgpSession.State ipv4) {
        Wanted wanted = Wanted.of(SELF, inputs(Map.of("a", List.of("20.0.0.1/32", "2000::1/128"))));
        var first = wanted.neighbours().getFirst();
        RouterView view = new RouterView(
                wanted.neighbours(),
                wanted.servedVips(),
                List.of(new BgpSession(first.protocolName(), ipv4, null, first.address(), "Received: Cease")),
                List.of(),
                EnumSet.of(IpFamily.IPV4),
                List.of(Problems.aboutRouter("shop/other", "Invalid", "why")));
        return ReportContent.of(
                SELF,
                wanted,
                Fixtures.inKernel(wanted),
                view,
                addresses("169.111.100.9", "fd00::9"),
                wanted.podUids(),
                leaving);
    }

    @Test
    void a_report_says_what_kernel_and_bird_hold() {
        GatewayReportSpec report = content(false, BgpSession.State.ESTABLISHED);
        assertThat(report.gateway()).isEqualTo(Fixtures.GATEWAY);
        assertThat(report.podUID()).isEqualTo("uid-gw-0");
        assertThat(report.programmed()).isTrue();
        assertThat(report.addresses()).containsExactly("169.111.100.9", "fd00::9");
        assertThat(report.defaultRoutes()).containsExactly("IPv4");
        assertThat(report.answerVIPs()).isEqualTo(Fixtures.VIPS);
        assertThat(report.targets())
                .containsExactly(new GatewayReportSpec.TargetVips("uid-a", List.of("20.0.0.1/32", "2000::1/128")));
        assertThat(report.sessions())
                .containsExactly(
                        new GatewayReportSpec.Session("vpn-b", "Established", null, "Received: Cease"),
                        new GatewayReportSpec.Session("vpn-b6", "Down", null, null));
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo("GatewayRouter");
            assertThat(problem.name()).isEqualTo("other");
        });
        assertThat(ReportContent.at(report, "2026-01-01T00:00:00Z").observedAt())
                .isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void only_vips_of_families_with_an_established_session_are_announced() {
        assertThat(content(false, BgpSession.State.ESTABLISHED).announcedVIPs()).containsExactly("20.0.0.1/32");
        assertThat(content(false, BgpSession.State.ACTIVE).announcedVIPs()).isEmpty();
    }

    @Test
    void a_pod_that_leaves_is_no_next_hop_and_still_tells_what_it_forwards() {
        GatewayReportSpec report = content(true, BgpSession.State.ESTABLISHED);
        assertThat(report.programmed()).isFalse();
        assertThat(report.targets()).isNotEmpty();
    }

    @Test
    void a_silent_bird_announces_nothing() {
        assertThat(RouterView.silent(List.of()).announcedVips()).isEqualTo(vips());
    }

    record Pace(String name, boolean changed, long nanosSince, boolean urgent, ReportPace.Step step) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Pace> paces() {
        return Stream.of(
                new Pace("change, long after", true, 5 * SECOND, false, new ReportPace.Step.Write()),
                new Pace("change, too soon", true, SECOND / 4, false, new ReportPace.Step.Wait(Duration.ofMillis(750))),
                new Pace("change, too soon, leaving", true, 0, true, new ReportPace.Step.Write()),
                new Pace("no change", false, 10 * SECOND, false, new ReportPace.Step.Wait(Duration.ofSeconds(20))),
                new Pace(
                        "no change, leaving",
                        false,
                        10 * SECOND,
                        true,
                        new ReportPace.Step.Wait(Duration.ofSeconds(20))),
                new Pace("heartbeat", false, 30 * SECOND, false, new ReportPace.Step.Write()));
    }

    @ParameterizedTest
    @MethodSource("paces")
    void a_report_is_written_when_it_is_due(Pace row) {
        GatewayReportSpec old = content(false, BgpSession.State.ACTIVE);
        GatewayReportSpec now = row.changed() ? content(false, BgpSession.State.ESTABLISHED) : old;
        // Ticks may be negative and may overflow.
        long at = Long.MAX_VALUE - SECOND;
        assertThat(new ReportPace(old, at).decide(now, at + row.nanosSince(), row.urgent()))
                .isEqualTo(row.step());
    }

    @Test
    void the_first_report_is_written_at_once() {
        assertThat(ReportPace.START.decide(content(false, BgpSession.State.DOWN), 0, false))
                .isEqualTo(new ReportPace.Step.Write());
    }
}
