// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

/**
 * Who is attached where.
 *
 * @param key container and interface name
 * @param netns path of the network namespace
 * @param network name of the CNI network, which GC goes by; an attachment that no runtime asked for has a name of its own
 * @param pod the pod
 * @param gateway the Gateway
 */
public record Attachment(AttachmentKey key, String netns, String network, PodRef pod, GatewayRef gateway) {}
