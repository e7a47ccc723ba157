// SPDX-License-Identifier: Apache-2.0
/**
 * nf_tables straight over nfnetlink (linux/netfilter/nf_tables.h). Start at {@link org.l34gateway.linux.nftables.Nftables}:
 * it carries out {@link org.l34gateway.linux.nftables.Operation}s, whose rules are lists of {@link
 * org.l34gateway.linux.nftables.Expression}s.
 *
 * <p>What goes into a table is the caller's. Nothing else of netfilter here.
 */
@NullMarked
package org.l34gateway.linux.nftables;

import org.jspecify.annotations.NullMarked;
