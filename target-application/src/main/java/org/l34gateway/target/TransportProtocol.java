// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

/** What the traffic client speaks. */
public enum TransportProtocol {
    TCP,
    UDP
}
