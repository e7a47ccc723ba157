// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

/** How a command prints its result. */
public enum OutputFormat {
    /** For people. */
    TEXT,
    /** For programs; nothing else is on standard output. */
    JSON
}
