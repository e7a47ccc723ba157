// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.netlink;

/** What came of a request to add or to delete; the two last are no errors, because requests are repeated. */
public enum Change {
    /** The kernel did it. */
    DONE,
    /** Add: an equal object exists ({@code EEXIST}). */
    ALREADY_THERE,
    /** Delete: there is no such object ({@code ENOENT}, {@code ESRCH}, {@code EADDRNOTAVAIL}). */
    NOT_THERE
}
