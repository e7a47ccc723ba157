// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

/**
 * A pod's network namespace.
 *
 * @param id the runtime's container id of the sandbox; for adopted pods the name of the namespace's bind mount
 * @param netns path of the bind mount, as this process can open it
 */
public record Sandbox(String id, String netns) {}
