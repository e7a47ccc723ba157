// SPDX-License-Identifier: Apache-2.0
/**
 * IP addresses, families and prefixes as values. Start at {@link org.l34gateway.ip.IpPrefix}.
 *
 * <p>Everything here is compiled by javac and by TeaVM: no reflection, no {@code java.net}, no name resolution, no
 * dependencies. What an address means (a VIP, a next hop) is said by the modules that use it.
 */
@NullMarked
package org.l34gateway.ip;

import org.jspecify.annotations.NullMarked;
