// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.health;

/** A quick look at one part of the process: no request, no waiting. Called from the endpoint's threads. */
@FunctionalInterface
public interface Check {
    Verdict check();
}
