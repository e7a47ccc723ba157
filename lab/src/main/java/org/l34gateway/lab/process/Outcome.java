// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.process;

/** What came of a command: its exit code (0 = good) and what it printed. */
public record Outcome(Command command, int exit, String out, String err) {

    public boolean good() {
        return exit == 0;
    }

    /**
     * This outcome if it is good.
     *
     * @throws CommandFailed when it is not; the message has the command and what it said
     */
    public Outcome orThrow() {
        if (!good()) {
            String said = (err.isBlank() ? out : err).strip();
            throw new CommandFailed(command + ": exit " + exit + (said.isEmpty() ? "" : ": " + said));
        }
        return this;
    }
}
