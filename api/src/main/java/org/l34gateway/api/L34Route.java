// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Steers packets to VIPs towards Services: the route type of layer 3 and 4 Gateways. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("l34routes")
@ShortNames("l34r")
@AdditionalPrinterColumn(name = "VIPs", jsonPath = ".spec.destinationCIDRs")
@AdditionalPrinterColumn(name = "Ports", jsonPath = ".spec.destinationPorts")
@AdditionalPrinterColumn(name = "Protocols", jsonPath = ".spec.protocols")
@AdditionalPrinterColumn(
        name = "Priority",
        jsonPath = ".spec.priority",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(name = "Backends", jsonPath = ".spec.backendRefs[*].name")
@AdditionalPrinterColumn(name = "Accepted", jsonPath = ".status.parents[0].conditions[?(@.type==\"Accepted\")].status")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class L34Route extends CustomResource<L34RouteSpec, L34RouteStatus> implements Namespaced {}
