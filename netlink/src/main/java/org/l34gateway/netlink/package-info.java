// SPDX-License-Identifier: Apache-2.0
/**
 * The rtnetlink codec (RFC 3549; Linux {@code rtnetlink(7)}): links, addresses, routes, rules and neighbours as records, and one conversation with the kernel over a socket that the caller brings.
 *
 * <p>Compiled by javac and by TeaVM: no reflection, no threads, no dependencies but {@code ip}. No decisions: what should be in the kernel is decided elsewhere.
 */
@NullMarked
package org.l34gateway.netlink;

import org.jspecify.annotations.NullMarked;
