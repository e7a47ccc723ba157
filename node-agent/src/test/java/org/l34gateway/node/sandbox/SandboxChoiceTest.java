// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.node.plan.Examples;
import org.l34gateway.node.sandbox.SandboxChoice.Room;

class SandboxChoiceTest {
    record Row(String name, String podAddresses, List<Room> recorded, List<Room> others, String chosen) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Room room(String id, String addresses) {
        return new Room(new Sandbox(id, "/run/netns/" + id), Examples.addresses(addresses));
    }

    static Stream<Row> rows() {
        Room old = room("old", "10.0.0.7");
        Room fresh = room("fresh", "10.0.0.8 fd00::8");
        Room twin = room("twin", "10.0.0.8 fd00::8 192.168.0.1");
        return Stream.of(
                new Row("the recorded one before the kubelet told addresses", "", List.of(fresh), List.of(), "fresh"),
                new Row(
                        "the recorded one with the pod's addresses",
                        "10.0.0.8 fd00::8",
                        List.of(old, fresh),
                        List.of(),
                        "fresh"),
                new Row(
                        "the recorded one although the kubelet tells old addresses",
                        "10.0.0.7",
                        List.of(fresh),
                        List.of(),
                        "fresh"),
                new Row("an unrecorded one by its addresses", "10.0.0.8", List.of(), List.of(old, fresh), "fresh"),
                new Row(
                        "an unrecorded one when the record is of an older sandbox",
                        "10.0.0.8",
                        List.of(old),
                        List.of(old, fresh),
                        "fresh"),
                new Row("none when two have the addresses", "10.0.0.8", List.of(), List.of(fresh, twin), ""),
                new Row(
                        "none when two recorded ones are there and no address tells",
                        "",
                        List.of(old, fresh),
                        List.of(),
                        ""),
                new Row("none without records before the kubelet told addresses", "", List.of(), List.of(old), ""),
                new Row("none when only some addresses fit", "10.0.0.8 fd00::9", List.of(), List.of(fresh), ""));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void chooses(Row row) {
        Placement placement = SandboxChoice.choose(Examples.addresses(row.podAddresses()), row.recorded(), row::others);
        String chosen = switch (placement) {
            case Placement.Found(Sandbox sandbox) -> sandbox.id();
            case Placement.Missing(String why) -> {
                assertThat(why).isNotEmpty();
                yield "";
            }
        };
        assertThat(chosen).isEqualTo(row.chosen());
    }
}
