// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.netlink.MacAddress;

class KnownMacsTest {
    private static final IpAddress HOP = IpAddress.parse("10.1.0.1");
    private static final IpAddress OTHER = IpAddress.parse("10.1.0.2");

    /**
     * Looks at one next hop.
     *
     * @param looks {@code MAC REPORT[,REPORT] → in|out}; MAC is one digit, or silent
     */
    record Row(String name, List<String> looks) {
        static Row of(String name, String... looks) {
            return new Row(name, List.of(looks));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Row> rows() {
        return List.of(
                Row.of("first sight is believed", "silent old → in", "1 old → in", "1 old → in"),
                Row.of("a link that flaps needs no report", "1 old → in", "silent old → in", "1 old → in"),
                Row.of(
                        "a new sandbox waits for its report",
                        "1 old → in",
                        "silent old → in",
                        "2 old → out",
                        "2 old → out",
                        "2 new → in",
                        "2 new → in"),
                Row.of("also when the old one was never silent", "1 old → in", "2 old → out", "2 new → in"),
                Row.of(
                        "a report that comes with the first answer of the new one may be the old one's",
                        "1 old → in",
                        "2 new → out",
                        "2 newer → in"),
                Row.of(
                        "a stranger that falls silent stays one",
                        "1 old → in",
                        "2 old → out",
                        "silent old → out",
                        "2 old → out"),
                Row.of(
                        "a report while the stranger is silent speaks for it when it answers again",
                        "1 old → in",
                        "2 old → out",
                        "silent new → out",
                        "2 new → in"),
                Row.of("the old one may come back", "1 old → in", "2 old → out", "1 old → in", "2 old → out"),
                Row.of(
                        "the next stranger waits for the next report",
                        "1 old → in",
                        "2 old → out",
                        "3 new → out",
                        "3 newer → in"),
                Row.of(
                        "one that was believed is the one to know",
                        "1 old → in",
                        "2 old → out",
                        "2 new → in",
                        "1 new → out"),
                Row.of(
                        "a report that goes speaks for nobody, one that comes does",
                        "1 old,other → in",
                        "2 old,other → out",
                        "2 old → out",
                        "2 none → out",
                        "2 old,new → in"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void follows_one_next_hop(Row row) {
        KnownMacs macs = KnownMacs.NONE;
        List<String> told = new ArrayList<>();
        for (String text : row.looks()) {
            String[] words = text.split(" ");
            Set<String> vouchers = words[1].equals("none") ? Set.of() : Set.of(words[1].split(","));
            macs = macs.look(
                    Map.of(HOP, new ProbedHops.Hop(7, vouchers)),
                    words[0].equals("silent") ? Map.of() : Map.of(HOP, mac(words[0])));
            told.add(words[0] + " " + words[1] + " → " + (macs.strangers().contains(HOP) ? "out" : "in"));
        }
        assertThat(told).containsExactlyElementsOf(row.looks());
    }

    @Test
    void each_next_hop_has_its_own_memory_and_what_is_not_watched_is_forgotten() {
        ProbedHops.Hop hop = new ProbedHops.Hop(7, Set.of("old"));
        KnownMacs both = KnownMacs.NONE
                .look(Map.of(HOP, hop, OTHER, hop), Map.of(HOP, mac("1"), OTHER, mac("2")))
                .look(Map.of(HOP, hop, OTHER, hop), Map.of(HOP, mac("1"), OTHER, mac("3")));
        assertThat(both.strangers()).containsExactly(OTHER);
        KnownMacs one = both.look(Map.of(HOP, hop), Map.of());
        assertThat(one.known()).containsOnlyKeys(HOP);
        assertThat(one.look(Map.of(HOP, hop, OTHER, hop), Map.of(OTHER, mac("3")))
                        .strangers())
                .isEmpty();
    }

    private static MacAddress mac(String digit) {
        return MacAddress.parse("02:00:00:00:00:0" + digit);
    }
}
