// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.loop;

/** One run: read the present state, decide, write the difference. Runs never overlap. */
@FunctionalInterface
public interface Reconciler {
    /**
     * Makes the run.
     *
     * @return when to run again without a trigger
     * @throws Exception when the run failed; it is logged, counted and repeated after a backoff
     */
    Outcome reconcile() throws Exception;
}
