// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * What the kernel and BIRD of one gateway pod hold, written by its gateway-agent only. Named as the pod and owned by
 * it. Absence or age of a report removes nothing from a data path.
 */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("gatewayreports")
@ShortNames("gwrep")
@AdditionalPrinterColumn(name = "Gateway", jsonPath = ".spec.gateway.name")
@AdditionalPrinterColumn(name = "Node", jsonPath = ".spec.nodeName")
@AdditionalPrinterColumn(name = "Programmed", jsonPath = ".spec.programmed")
@AdditionalPrinterColumn(name = "Next-Hop", jsonPath = ".spec.addresses")
@AdditionalPrinterColumn(name = "Announced", jsonPath = ".spec.announcedVIPs")
@AdditionalPrinterColumn(name = "Observed", jsonPath = ".spec.observedAt", type = AdditionalPrinterColumn.Type.DATE)
public class GatewayReport extends CustomResource<GatewayReportSpec, Void> implements Namespaced {}
