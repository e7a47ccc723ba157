// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.doctor;

/**
 * One thing that was looked at.
 *
 * @param what in a few words
 * @param state whether it is there, and how much depends on it
 * @param detail what was found, or what to do about it
 */
public record Finding(String what, State state, String detail) {

    /** Whether it is there. */
    public enum State {
        OK,
        /** Missing, and everything works without it. */
        OPTIONAL,
        /** Missing: the lab and its tests do not work. */
        NO_LAB,
        /** Missing: not even {@code ./l34 check} works. */
        NOTHING
    }
}
