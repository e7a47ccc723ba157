// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.l34gateway.linux.bpf.MapReference;

/** The program as a golden file; kernels judge it in {@code StageKernelTest}. */
class StageProgramTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/stage.bpf");

    @Test
    void the_program_is_as_in_the_golden_file() throws IOException {
        StageProgram.Maps maps = new StageProgram.Maps(
                map("services4"),
                map("services6"),
                map("slots"),
                map("targets"),
                map("flow_counts"),
                map("target_counts"));
        String program = StageProgram.write(maps, new StageShape(7, 1_500, 1_024, 256, 256, 256))
                .toString();
        if ("update".equals(System.getProperty("golden"))) {
            Files.writeString(GOLDEN, program);
        }
        assertThat(program).isEqualTo(Files.readString(GOLDEN));
    }

    private static MapReference map(String name) {
        return new MapReference(name, 0);
    }
}
