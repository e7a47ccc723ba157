// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/** A pod as CNI_ARGS names it; parts that the runtime did not tell are empty. */
public record PodRef(String namespace, String name, String uid) {}
