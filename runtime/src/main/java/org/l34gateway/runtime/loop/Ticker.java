// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

/** A monotonic clock in nanoseconds with an arbitrary origin: only differences mean anything, and setting the machine's time changes nothing. */
@FunctionalInterface
public interface Ticker {
    /** The machine's monotonic clock. */
    Ticker SYSTEM = System::nanoTime;

    long nanos();
}
