// SPDX-License-Identifier: Apache-2.0
/**
 * What a packet costs in a gateway pod, and what a change costs. Everything happens in namespaces that are made for it:
 * generator – balancer – sink, a {@link org.l34gateway.bench.dataplane.Rig} for each thing that is compared.
 *
 * <p>The cost of a packet is the time that one CPU needs for it: generator, balancer and sink all run on that CPU, the kernel
 * handles each packet before the next one is sent. What the generator itself needs is taken off: the time of the same
 * packets when the balancer drops them as they come in. A peer in user space runs on that CPU too, whenever the generator
 * waits for it, so that its time and that of the kernel's queue count.
 */
@NullMarked
package org.l34gateway.bench.dataplane;

import org.jspecify.annotations.NullMarked;
