// SPDX-License-Identifier: Apache-2.0
/**
 * nftables: commands through libnftables, and straight nfnetlink (linux/netfilter/nf_tables.h) where libnftables is too slow.
 *
 * <p>What goes into a table is the caller's. Nothing else of netfilter here.
 */
@NullMarked
package org.l34gateway.linux.nftables;

import org.jspecify.annotations.NullMarked;
