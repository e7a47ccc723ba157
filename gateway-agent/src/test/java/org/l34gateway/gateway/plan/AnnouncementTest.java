// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.addresses;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.vips;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

class AnnouncementTest {
    private static final SortedSet<IpAddress> BOTH = addresses("169.111.100.9", "fd00::9");

    private static final Set<IpFamily> NONE = Set.of();

    record Row(
            String name,
            SortedSet<IpPrefix> present,
            List<String> wanted,
            SortedSet<IpAddress> internal,
            Set<IpFamily> isolated,
            Announcement announcement) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("nothing", vips(), List.of(), BOTH, NONE, Announcement.none()),
                new Row(
                        "a first target: slots, then announced",
                        vips(),
                        List.of("20.0.0.1/32"),
                        BOTH,
                        NONE,
                        new Announcement(vips(), vips("20.0.0.1"))),
                new Row(
                        "no change",
                        vips("20.0.0.1"),
                        List.of("20.0.0.1/32"),
                        BOTH,
                        NONE,
                        new Announcement(vips("20.0.0.1"), vips("20.0.0.1"))),
                new Row(
                        "the last target: withdrawn before its slots go",
                        vips("20.0.0.1"),
                        List.of(),
                        BOTH,
                        NONE,
                        Announcement.none()),
                new Row(
                        "one comes, one goes",
                        vips("20.0.0.1"),
                        List.of("40.0.0.1/32"),
                        BOTH,
                        NONE,
                        new Announcement(vips(), vips("40.0.0.1"))),
                new Row(
                        "no internal address of the family",
                        vips("20.0.0.1", "2000::1"),
                        List.of("20.0.0.1/32", "2000::1/128"),
                        addresses("fd00::9"),
                        NONE,
                        new Announcement(vips("2000::1"), vips("2000::1"))),
                new Row(
                        "isolated in a family",
                        vips("20.0.0.1", "2000::1"),
                        List.of("20.0.0.1/32", "2000::1/128"),
                        BOTH,
                        EnumSet.of(IpFamily.IPV6),
                        new Announcement(vips("20.0.0.1"), vips("20.0.0.1"))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void is_withdrawn_before_and_announced_after(Row row) {
        Wanted wanted = Wanted.of(SELF, inputs(Map.of("a", row.wanted())));
        Wanted before = Wanted.of(
                SELF,
                inputs(Map.of("a", row.present().stream().map(Object::toString).toList())));
        assertThat(Announcement.of(wanted, Fixtures.inKernel(before).servedVips(), row.internal(), row.isolated()))
                .isEqualTo(row.announcement());
    }
}
