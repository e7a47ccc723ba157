// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.cni.CniError;

class RouteWantedTest {
    @ParameterizedTest
    @CsvSource({
        "net.ipv4.ip_forward, net/ipv4/ip_forward",
        "net/ipv4/conf/eth0.100/rp_filter, net/ipv4/conf/eth0.100/rp_filter",
        "net/ipv4/conf/a-b_c/rp_filter, net/ipv4/conf/a-b_c/rp_filter"
    })
    void a_sysctl_is_a_path_below_net(String name, String path) {
        assertThat(wanted(name, "1").sysctls()).containsExactly(Map.entry(path, "1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "net",
                "net.",
                "net/",
                "kernel.panic",
                "/net/ipv4/x",
                "net/../kernel/x",
                "net/ipv4/..",
                "net..ipv4",
                "net//ipv4",
                "net/ipv4/",
                "net/IPv4/x",
                "net/ipv4/x y",
                "net/ipv4/x\n",
                "./net/x",
                "network.x",
                "net/\u00e9"
            })
    void anything_else_is_refused(String name) {
        assertThatThrownBy(() -> wanted(name, "1"))
                .isInstanceOfSatisfying(
                        CniError.class, e -> assertThat(e.code()).isEqualTo(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\n2", "\0", "\u00e9"})
    void a_value_is_plain_text(String value) {
        assertThatThrownBy(() -> wanted("net.x", value)).isInstanceOf(CniError.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 253, 254, 255})
    void reserved_tables_are_refused(int table) {
        assertThatThrownBy(() -> new RouteWanted(List.of(), List.of(), table, new TreeMap<>()))
                .isInstanceOf(CniError.class)
                .hasMessageContaining("reserved");
    }

    private static RouteWanted wanted(String name, String value) {
        var sysctls = new TreeMap<String, String>();
        sysctls.put(name, value);
        return new RouteWanted(List.of(), List.of(), 0, sysctls);
    }
}
