// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.util.concurrent.Callable;
import org.l34gateway.lab.doctor.Doctor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what this machine can do. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Say what this machine lacks and which commands work without it; exit 1 if the lab can not run")
public final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--output", defaultValue = "text", description = "text or json")
    private OutputFormat output = OutputFormat.TEXT;

    @Override
    public Integer call() {
        var report = Doctor.examine();
        switch (output) {
            case TEXT -> System.out.print(report.table());
            case JSON -> System.out.println(report.json());
        }
        return report.labWorks() ? 0 : 1;
    }
}
