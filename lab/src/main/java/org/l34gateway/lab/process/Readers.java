// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.process;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The threads that drain the pipes of running programs. */
final class Readers {
    static final ExecutorService POOL = Executors.newVirtualThreadPerTaskExecutor();

    private Readers() {}
}
