// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import org.l34gateway.lab.Lab;
import org.l34gateway.lab.LabName;
import org.l34gateway.lab.Labs;
import picocli.CommandLine.Option;

/** Which lab a command is about. */
public final class LabOption {
    @Option(
            names = "--name",
            defaultValue = "lab",
            description = "which lab; several can be up at once (default: ${DEFAULT-VALUE})")
    private String name = LabName.DEFAULT.text();

    LabName name() {
        return new LabName(name);
    }

    /**
     * The lab, which is up.
     *
     * @throws IllegalStateException when it is not; the message says how to bring it up
     */
    public Lab running() {
        return Labs.find(name())
                .orElseThrow(() -> new IllegalStateException(
                        "lab " + name + " is not up; bring it up with: ./l34 lab up" + suffix()));
    }

    private String suffix() {
        return name().equals(LabName.DEFAULT) ? "" : " --name " + name;
    }
}
