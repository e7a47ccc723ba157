// SPDX-License-Identifier: Apache-2.0
/**
 * What makes hosts a Kubernetes cluster: certificates, configuration files, the programs with their arguments, and the
 * objects that every lab holds. {@link Daemons} lists the programs, {@link NodeFiles} the configuration of a node.
 */
@NullMarked
package org.l34gateway.lab.cluster;

import org.jspecify.annotations.NullMarked;
