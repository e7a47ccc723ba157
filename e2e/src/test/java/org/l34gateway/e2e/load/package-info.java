// SPDX-License-Identifier: Apache-2.0
/**
 * Open-loop load: new connections, long-lived ones and datagrams at fixed rates, whatever comes back. {@link
 * org.l34gateway.e2e.load.LoadMain} is the process that sends, in an outside router's network; {@link
 * org.l34gateway.e2e.load.Load} is a test's hand on it; {@link org.l34gateway.e2e.load.Exchange} is what both talk
 * about. What may be lost at which event is the tests' business.
 */
@NullMarked
package org.l34gateway.e2e.load;

import org.jspecify.annotations.NullMarked;
