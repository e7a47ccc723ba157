// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** An outside router that the pods of a Gateway talk to; the label {@link Names#GATEWAY_LABEL} says which Gateway. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("gatewayrouters")
@ShortNames("gwr")
@AdditionalPrinterColumn(name = "Gateway", jsonPath = ".metadata.labels.service\\.kubernetes\\.io/service-proxy-name")
@AdditionalPrinterColumn(name = "Address", jsonPath = ".spec.address")
@AdditionalPrinterColumn(name = "Interface", jsonPath = ".spec.interface")
@AdditionalPrinterColumn(name = "Protocol", jsonPath = ".spec.protocol")
@AdditionalPrinterColumn(name = "Accepted", jsonPath = ".status.conditions[?(@.type==\"Accepted\")].status")
@AdditionalPrinterColumn(name = "Established", jsonPath = ".status.conditions[?(@.type==\"Established\")].message")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class GatewayRouter extends CustomResource<GatewayRouterSpec, GatewayRouterStatus> implements Namespaced {}
