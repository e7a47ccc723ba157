// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench.edits;

/**
 * Which programs the kernel may hold now: from the last one that is known to be there to the last one that was begun. A
 * program's number is how many edits have led to it. Told by one thread, asked by another.
 */
final class Course {
    private volatile int held;
    private volatile int begun;

    void begin(int edits) {
        begun = edits;
    }

    void end(int edits) {
        held = edits;
    }

    int oldest() {
        return held;
    }

    int newest() {
        return begun;
    }
}
