// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller;

import org.jspecify.annotations.Nullable;
import org.l34gateway.runtime.write.WritesForbidden;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the failure of one Gateway's step from stopping the others; the run as a whole fails at its end. */
final class Bulkhead {
    private static final Logger LOG = LoggerFactory.getLogger(Bulkhead.class);

    private @Nullable RuntimeException first;

    /** Runs a step; its failure is logged and kept, except the loss of leadership, which ends the run. */
    void run(String what, Runnable step) {
        try {
            step.run();
        } catch (WritesForbidden e) {
            throw e;
        } catch (RuntimeException e) {
            // Caught this broadly on purpose: an object that breaks a decision must only hurt its own Gateway.
            LOG.warn("step=\"{}\" failed", what, e);
            if (first == null) {
                first = e;
            } else {
                first.addSuppressed(e);
            }
        }
    }

    /** Throws the first failure, if any. */
    void finish() {
        if (first != null) {
            throw first;
        }
    }
}
