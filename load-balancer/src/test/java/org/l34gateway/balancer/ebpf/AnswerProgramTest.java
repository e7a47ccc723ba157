// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.linux.bpf.MapReference;

/** The program as a golden file; kernels judge it in {@code AnswersKernelTest}. */
class AnswerProgramTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/answers.bpf");

    @Test
    void the_program_is_as_in_the_golden_file() throws IOException {
        TreeSet<IpPrefix> own = new TreeSet<>();
        Stream.of("10.8.0.254", "127.0.0.0/8", "200.0.0.1", "fd08::fe", "fd10::/20", "fd11:0:0:8000::/49")
                .map(IpPrefix::parse)
                .forEach(own::add);
        String program = AnswerProgram.write(
                        map("services4"),
                        map("services6"),
                        256,
                        new AnswerRoutes(7, new TreeSet<>(List.of(5, 6)), 4_096, own))
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
