// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer.ebpf;

/**
 * Where the slots of a service are, and who counts its packets.
 *
 * @param bank name of an array of {@link StageContent#banks()}
 * @param firstSlot number of the service's first slot in the bank
 * @param slots how many it has
 * @param seed of the hash that picks a slot, {@code FlowHash.seed()}
 * @param onlyPorts whether only ports are hashed, as of SCTP
 * @param flow name of the flow that counts
 */
public record Place(String bank, int firstSlot, int slots, int seed, boolean onlyPorts, String flow) {}
