// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * What the kernel of one node holds in its application pods, written by its node-agent only. Named as the Node and
 * owned by it. Absence or age of a report removes nothing from a data path.
 */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("nodereports")
@ShortNames("noderep")
@AdditionalPrinterColumn(name = "Agent", jsonPath = ".spec.agentVersion")
@AdditionalPrinterColumn(name = "Observed", jsonPath = ".spec.observedAt", type = AdditionalPrinterColumn.Type.DATE)
public class NodeReport extends CustomResource<NodeReportSpec, Void> {}
