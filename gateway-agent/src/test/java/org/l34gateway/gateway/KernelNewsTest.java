// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.bird.BirdConfiguration;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.netlink.Address;
import org.l34gateway.netlink.Neighbour;
import org.l34gateway.netlink.NextHop;
import org.l34gateway.netlink.Notification;
import org.l34gateway.netlink.Route;

class KernelNewsTest {
    record Row(String name, Notification news, boolean matters) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Route route(String destination, int table) {
        return Route.unicast(IpPrefix.parse(destination), table, List.of(new NextHop(null, 2, 1, false)));
    }

    static Stream<Row> rows() {
        IpAddress address = IpAddress.parse("10.0.0.1");
        return Stream.of(
                new Row(
                        "BIRD's default route goes",
                        new Notification.Gone(route("0.0.0.0/0", BirdConfiguration.KERNEL_TABLE)),
                        true),
                new Row(
                        "BIRD's default route comes",
                        new Notification.Present(route("::/0", BirdConfiguration.KERNEL_TABLE)),
                        true),
                new Row("a route to a target", new Notification.Present(route("0.0.0.0/0", 0x10001)), false),
                new Row("a route of main", new Notification.Gone(route("10.0.0.0/24", Route.TABLE_MAIN)), false),
                new Row("an address", new Notification.Present(new Address(2, address, 24, 0, 0, 0)), true),
                new Row("a probe", new Notification.Present(new Neighbour(2, address, null, 0x10, 0)), false),
                new Row("lost news", new Notification.Missed(), true));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void the_agent_looks_again_for_what_it_does_not_do_itself(Row row) {
        assertThat(KernelNews.matters(row.news())).isEqualTo(row.matters());
    }
}
