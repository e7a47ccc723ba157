// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.l34gateway.lab.host.ProcessMark;
import org.l34gateway.lab.process.Command;
import org.l34gateway.lab.process.CommandFailed;
import org.l34gateway.lab.process.Outcome;

class LabTextsTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "1a", "a b", "a/b", "../a", "a23456789012345678901"})
    void a_name_that_could_hurt_is_refused(String name) {
        assertThatThrownBy(() -> new LabName(name)).hasMessageContaining("got \"" + name + "\"");
    }

    @Test
    void a_state_comes_back_as_it_was_written() throws IOException {
        var store = new LabStore(folder);
        var state = new LabState(
                "two",
                "/somewhere",
                Map.of("etcd", "/cache/etcd"),
                LabState.Phase.STARTING,
                Map.of("cp", new ProcessMark(7, 8)));
        store.write(state);
        assertThat(store.read("two")).contains(state);
        assertThat(store.names()).containsExactly("two");
        store.remove("two");
        assertThat(store.read("two")).isEmpty();
    }

    @Test
    void a_process_that_took_an_old_number_is_not_the_old_process() throws IOException {
        var own = ProcessMark.of(ProcessHandle.current().pid());
        assertThat(own.alive()).isTrue();
        assertThat(new ProcessMark(own.pid(), own.startTicks() - 1).alive()).isFalse();
    }

    @Test
    void traffic_is_read_from_what_the_client_prints_even_when_it_failed() {
        var printed =
                "{\"ok\": 3, \"failed\": 1, \"targets\": {\"b\": 1, \"a\": 2}, \"latencyMs\": {\"p50\": 0.5, \"p99\": 2.0}}";
        var result = TrafficResult.of(new Outcome(Command.of("client"), 1, printed, ""));
        assertThat(result.allAnswered()).isFalse();
        assertThat(result.json())
                .isEqualTo(
                        "{\"ok\":3,\"failed\":1,\"targets\":{\"a\":2,\"b\":1},\"latencyMs\":{\"p50\":0.5,\"p99\":2.0}}");
    }

    @Test
    void traffic_without_a_result_says_what_the_client_said() {
        var outcome = new Outcome(Command.of("client"), 2, "", "--to: no address");
        assertThatThrownBy(() -> TrafficResult.of(outcome))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("client: exit 2: --to: no address");
    }

    @Test
    void sessions_are_read_from_what_bird_prints() {
        var protocols = """
                Name       Proto      Table      State  Since         Info
                device1    Device     ---        up     07:38:27.610
                gateways4  BGP        ---        start  07:38:27.610  Passive
                gw4_1      BGP        ---        up     07:40:01.000  Established
                gw6_1      BGP        ---        start  07:40:02.000  Active        Socket: Connection reset by peer
                """;
        assertThat(BgpSession.parse(protocols))
                .isEqualTo(List.of(
                        new BgpSession("gw4_1", "up", "07:40:01.000", "Established"),
                        new BgpSession(
                                "gw6_1", "start", "07:40:02.000", "Active        Socket: Connection reset by peer")));
    }

    @Test
    void every_command_explains_itself() {
        var commandLine = L34.commandLine();
        assertThat(commandLine.getSubcommands())
                .containsKeys("lab", "test", "check", "soak", "golden", "fmt", "bench", "doctor");
        commandLine
                .getSubcommands()
                .forEach((name, command) -> assertThat(
                                command.getCommandSpec().usageMessage().description())
                        .as(name)
                        .isNotEmpty());
    }
}
