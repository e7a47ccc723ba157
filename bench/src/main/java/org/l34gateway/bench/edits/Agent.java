// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.FastPath;
import org.l34gateway.balancer.LoadBalancer;

/**
 * A process that has the load balancer of the namespace in which it runs. It reads how many edits have been made, one number
 * a line, and says the number again when the kernel holds that program. Ends with its standard input.
 */
public final class Agent {
    private Agent() {}

    /**
     * Runs until there is no more input.
     *
     * @param arguments seed of the {@link Edits}, {@link FastPath}
     */
    public static void main(String[] arguments) throws IOException {
        Edits edits = new Edits(Long.parseLong(arguments[0]));
        FastPath fastPath = FastPath.valueOf(arguments[1]);
        int made = 0;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (LoadBalancer balancer = LoadBalancer.open(Bed.INTERFACES, fastPath, System::nanoTime)) {
            for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
                int wanted = Integer.parseInt(line);
                while (made < wanted) {
                    edits.next();
                    made++;
                }
                List<String> problems = balancer.apply(edits.program()).problems();
                System.out.println(problems.isEmpty() ? line : problems);
            }
        }
    }
}
