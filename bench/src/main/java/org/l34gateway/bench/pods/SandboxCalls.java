// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.pods;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.l34gateway.lab.Lab;

/**
 * RunPodSandbox as a kubelet has measured it since it started: histogram {@code kubelet_runtime_operations_duration_seconds}
 * of {@code operation_type="run_podsandbox"}.
 *
 * @param calls how many, also those that failed
 * @param seconds of all together
 */
record SandboxCalls(long calls, double seconds) {
    private static final Pattern LINE = Pattern.compile(
            "kubelet_runtime_operations_duration_seconds_(sum|count)\\{operation_type=\"run_podsandbox\"} (\\S+)");

    static SandboxCalls of(Lab lab, String node) {
        return parse(lab.kubectl("get", "--raw", "/api/v1/nodes/" + node + "/proxy/metrics"));
    }

    /** @throws IllegalStateException when the kubelet says nothing of it */
    static SandboxCalls parse(String metrics) {
        double sum = Double.NaN;
        double count = Double.NaN;
        Matcher line = LINE.matcher(metrics);
        while (line.find()) {
            double value = Double.parseDouble(line.group(2));
            if (line.group(1).equals("sum")) {
                sum = value;
            } else {
                count = value;
            }
        }
        if (Double.isNaN(sum) || Double.isNaN(count)) {
            throw new IllegalStateException("the kubelet's metrics say nothing of run_podsandbox");
        }
        return new SandboxCalls((long) count, sum);
    }

    /**
     * Milliseconds of the one call since then.
     *
     * @throws IllegalStateException when there were more or none
     */
    double millisSince(SandboxCalls before) {
        if (calls != before.calls + 1) {
            throw new IllegalStateException(
                    (calls - before.calls) + " calls of RunPodSandbox where one pod was started: one failed, or"
                            + " somebody else started pods");
        }
        return (seconds - before.seconds) * 1e3;
    }
}
