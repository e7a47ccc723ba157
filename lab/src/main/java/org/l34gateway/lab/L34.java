// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import java.util.Objects;
import org.l34gateway.images.ImagesMain;
import org.l34gateway.lab.command.BenchCommand;
import org.l34gateway.lab.command.DemoCommand;
import org.l34gateway.lab.command.DoctorCommand;
import org.l34gateway.lab.command.LabCommand;
import org.l34gateway.lab.command.MavenCommands;
import org.l34gateway.lab.process.CommandFailed;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of {@code ./l34}. Exit codes: 0 good, 1 failed, 2 wrong usage. */
@Command(
        name = "./l34",
        mixinStandardHelpOptions = true,
        version = "l34 0.1.0",
        description = {
            "%nL34 Gateway serves virtual IP addresses (VIPs) of a Kubernetes cluster to outside routers. "
                    + "This command tries it on a real two-node cluster inside this machine, and tests it.%n"
        },
        subcommandsRepeatable = false,
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "First steps:  ./l34 demo            see it work: cluster, gateways, traffic",
            "              ./l34 doctor          what this machine can do",
            "              ./l34 lab up          a cluster with three outside routers",
            "              ./l34 lab kubectl get nodes",
            "              ./l34 lab down        leaves nothing behind",
        },
        subcommands = {
            DemoCommand.class,
            LabCommand.class,
            MavenCommands.Test.class,
            MavenCommands.Check.class,
            MavenCommands.Soak.class,
            MavenCommands.Golden.class,
            MavenCommands.Format.class,
            BenchCommand.class,
            ImagesMain.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        })
public final class L34 implements Runnable {

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command tree. A failure that the user can understand is one line on standard error. */
    static CommandLine commandLine() {
        var commandLine = new CommandLine(new L34());
        // "--" belongs to kubectl.
        subcommand(subcommand(commandLine, "lab"), "kubectl").setEndOfOptionsDelimiter("");
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    switch (failure) {
                        case CommandFailed _, IllegalStateException _, IllegalArgumentException _ ->
                            command.getErr().println("l34: " + failure.getMessage());
                        default -> failure.printStackTrace(command.getErr());
                    }
                    return 1;
                });
    }

    private static CommandLine subcommand(CommandLine command, String name) {
        return Objects.requireNonNull(command.getSubcommands().get(name), name);
    }
}
