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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.GatewayReportSpec;
import org.l34gateway.bird.BgpSession;
import org.l34gateway.ip.IpAddress;
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
                Reach.START,
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

    record Pace(
            String name, GatewayReportSpec content, long nanosSince, ReportPace.Urgency urgency, ReportPace.Step step) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final GatewayReportSpec OLD = content(false, BgpSession.State.ACTIVE);

    static Stream<Pace> paces() {
        GatewayReportSpec changed = content(false, BgpSession.State.ESTABLISHED);
        GatewayReportSpec missing = missing(OLD);
        var none = ReportPace.Urgency.NONE;
        var leaving = ReportPace.Urgency.LEAVING;
        var asked = ReportPace.Urgency.ASKED_FOR;
        var write = new ReportPace.Step.Write();
        return Stream.of(
                new Pace("change, long after", changed, 5 * SECOND, none, write),
                new Pace("change, too soon", changed, SECOND / 4, none, wait(Duration.ofMillis(750))),
                new Pace("change, too soon, leaving", changed, 0, leaving, write),
                new Pace("a target is missing", missing, SECOND / 5, none, write),
                new Pace("a target is missing, too soon", missing, SECOND / 10, none, wait(Duration.ofMillis(100))),
                new Pace("no change", OLD, 10 * SECOND, none, wait(Duration.ofSeconds(20))),
                new Pace("no change, leaving", OLD, 10 * SECOND, leaving, wait(Duration.ofSeconds(20))),
                new Pace("no change, asked for", OLD, SECOND / 5, asked, write),
                new Pace("no change, asked for too soon", OLD, 0, asked, wait(Duration.ofMillis(200))),
                new Pace("heartbeat", OLD, 30 * SECOND, none, write));
    }

    private static ReportPace.Step wait(Duration time) {
        return new ReportPace.Step.Wait(time);
    }

    @ParameterizedTest
    @MethodSource("paces")
    void a_report_is_written_when_it_is_due(Pace row) {
        // Ticks may be negative and may overflow.
        long at = Long.MAX_VALUE - SECOND;
        assertThat(new ReportPace(OLD, at).decide(row.content(), at + row.nanosSince(), row.urgency()))
                .isEqualTo(row.step());
    }

    private static GatewayReportSpec missing(GatewayReportSpec report) {
        return new GatewayReportSpec(
                report.gateway(),
                report.podUID(),
                report.nodeName(),
                report.observedAt(),
                report.programmed(),
                report.addresses(),
                report.defaultRoutes(),
                report.answerVIPs(),
                report.targets(),
                report.announcedVIPs(),
                report.sessions(),
                List.of(new GatewayReportSpec.Unreachable("uid-a", List.of("169.111.100.100"))),
                false,
                report.problems());
    }

    @Test
    void what_is_not_reached_is_told_by_pod_and_an_isolated_family_gives_no_next_hop() {
        Wanted wanted = Wanted.of(SELF, inputs(Map.of("a", List.of("20.0.0.1/32", "2000::1/128"))));
        var both = addresses("169.111.100.100", "fd00::1:0");
        SortedMap<IpAddress, String> unreachable = new TreeMap<>();
        both.forEach(address -> unreachable.put(address, "uid-a"));
        var cutOff = new FamilyReach(FamilyReach.Standing.ISOLATED, addresses(), null, 0);
        var settled = new FamilyReach(FamilyReach.Standing.SETTLED, addresses(), null, 0);
        Reach reach =
                new Reach(Map.of(IpFamily.IPV4, settled, IpFamily.IPV6, cutOff), unreachable, Map.of(), Map.of(), 0);
        GatewayReportSpec report = ReportContent.of(
                SELF,
                wanted,
                Fixtures.inKernel(wanted),
                RouterView.silent(List.of()),
                addresses("169.111.100.9", "fd00::9"),
                reach,
                wanted.podUids(),
                false);
        assertThat(report.unreachable())
                .containsExactly(new GatewayReportSpec.Unreachable("uid-a", List.of("169.111.100.100", "fd00::1:0")));
        assertThat(report.addresses()).containsExactly("169.111.100.9");
        assertThat(report.isolated()).as("one family works").isFalse();
    }

    @Test
    void the_first_report_is_written_at_once() {
        assertThat(ReportPace.START.decide(content(false, BgpSession.State.DOWN), 0, ReportPace.Urgency.NONE))
                .isEqualTo(new ReportPace.Step.Write());
    }
}
