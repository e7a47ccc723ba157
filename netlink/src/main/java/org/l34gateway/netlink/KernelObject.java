// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/** One thing that the kernel lists over rtnetlink. */
public sealed interface KernelObject permits Link, Address, Route, Rule, Neighbour {}
