// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

/** Transport protocols that an L34Route may select. */
public enum L34Protocol {
    TCP,
    UDP,
    SCTP
}
