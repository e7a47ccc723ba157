// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeAgentOptionsTest {
    @Test
    void the_node_name_is_all_that_is_needed() {
        NodeAgentOptions options = NodeAgentOptions.parse(List.of(), Map.of("NODE_NAME", "node-a"));
        assertThat(options.nodeName()).isEqualTo("node-a");
        assertThat(options.netnsDir()).isEqualTo(Path.of("/run/netns"));
        assertThat(options.port()).isEqualTo(8081);
        assertThat(options.detach()).isFalse();
    }

    @Test
    void flags_come_with_a_blank_or_an_equals_sign_and_win_over_the_environment() {
        NodeAgentOptions options = NodeAgentOptions.parse(
                List.of("--node-name", "node-b", "--cni-bin-dir=/host/bin", "--detach=true"),
                Map.of("NODE_NAME", "node-a"));
        assertThat(options.nodeName()).isEqualTo("node-b");
        assertThat(options.cniBinDir()).isEqualTo(Path.of("/host/bin"));
        assertThat(options.detach()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--node-name=a --what=b, unknown argument --what=b",
        "--node-name=a extra, unknown argument extra",
        "--node-name, --node-name needs a value",
        "--port=1, --node-name or NODE_NAME is missing",
        "--node-name=a --port=70000, '--port must be 0..65535, got 70000'",
        "--node-name=a --port=x, '--port must be 0..65535, got x'",
        "--node-name=a --detach=yes, '--detach must be true or false, got yes'",
    })
    void bad_arguments_are_named(String arguments, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeAgentOptions.parse(List.of(arguments.split(" ")), Map.of()))
                .withMessage(message);
    }
}
