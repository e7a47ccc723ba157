// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.attachments;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.l34gateway.api.Names;
import org.l34gateway.api.NetworkSelection;
import org.l34gateway.attachments.Attachment.Wanted;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * Attachments as Multus network selection elements: for each Gateway one {@code vip} and one {@code policy-route}. The
 * second is there even with nothing in it, because its record anchors the sandbox for node-agent.
 */
public final class MultusElements {
    private MultusElements() {}

    /**
     * The user's networks and, after them, ours. Elements of ours that are there already are replaced, so that
     * applying this to its own result changes nothing.
     *
     * @param present what the pod asks for now
     * @param networkNamespace where the NetworkAttachmentDefinitions {@code vip} and {@code policy-route} are
     */
    public static NetworkSelection inject(
            NetworkSelection present, List<Attachment> attachments, String networkNamespace) {
        List<NetworkSelection.Element> elements = new ArrayList<>();
        for (NetworkSelection.Element element : present.elements()) {
            if (!isOurs(element, networkNamespace)) {
                elements.add(element);
            }
        }
        for (Attachment attachment : attachments) {
            if (attachment instanceof Wanted wanted) {
                elements.add(vip(wanted, networkNamespace));
                elements.add(policyRoute(wanted, networkNamespace));
            }
        }
        return new NetworkSelection(elements);
    }

    /** Whether the element is one that {@link #inject} writes. */
    public static boolean isOurs(NetworkSelection.Element element, String networkNamespace) {
        boolean ourNetwork =
                element.name().equals(Names.VIP_NETWORK) || element.name().equals(Names.POLICY_ROUTE_NETWORK);
        return ourNetwork
                && networkNamespace.equals(element.namespace())
                && element.cniArgs().has(Names.GATEWAY_LABEL);
    }

    /**
     * The element that sets sysctls in a gateway pod's network namespace, where the pod itself may not.
     *
     * @param sysctls by dotted name, values as text
     */
    public static NetworkSelection.Element sysctls(
            String gatewayNamespace, String gatewayName, Map<String, String> sysctls, String networkNamespace) {
        ObjectNode args = JsonNodeFactory.instance.objectNode();
        ObjectNode values = args.putObject("sysctls");
        new TreeMap<>(sysctls).forEach(values::put);
        return element(Names.POLICY_ROUTE_NETWORK, networkNamespace, "l34s", gatewayNamespace, gatewayName, args);
    }

    private static NetworkSelection.Element vip(Wanted wanted, String networkNamespace) {
        ObjectNode args = JsonNodeFactory.instance.objectNode();
        args.put(Names.GATEWAY_LABEL, wanted.gateway().name());
        texts(args.putArray("vips"), wanted.vips());
        return element(
                Names.VIP_NETWORK,
                networkNamespace,
                "l34v",
                wanted.gateway().namespace(),
                wanted.gateway().name(),
                args);
    }

    private static NetworkSelection.Element policyRoute(Wanted wanted, String networkNamespace) {
        ObjectNode args = JsonNodeFactory.instance.objectNode();
        args.put(Names.GATEWAY_LABEL, wanted.gateway().name());
        ArrayNode gateways = args.putArray("gateways");
        for (IpAddress hop : wanted.nextHops()) {
            gateways.add(hop.toString());
        }
        ArrayNode rules = args.putArray("policyRoutes");
        for (IpPrefix vip : wanted.vips()) {
            rules.addObject().put("srcPrefix", vip.toString());
        }
        return element(
                Names.POLICY_ROUTE_NETWORK,
                networkNamespace,
                "l34r",
                wanted.gateway().namespace(),
                wanted.gateway().name(),
                args);
    }

    private static void texts(ArrayNode array, SortedSet<IpPrefix> prefixes) {
        prefixes.forEach(prefix -> array.add(prefix.toString()));
    }

    private static NetworkSelection.Element element(
            String name,
            String networkNamespace,
            String interfacePrefix,
            String gatewayNamespace,
            String gatewayName,
            ObjectNode args) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", name);
        json.put("namespace", networkNamespace);
        json.put("interface", InterfaceName.of(interfacePrefix, gatewayNamespace, gatewayName));
        json.set("cni-args", args);
        return new NetworkSelection.Element(json);
    }

    /** CNI interface name of a Gateway's {@code vip} attachment, for node-agent's records of adopted pods. */
    public static String vipInterface(String gatewayNamespace, String gatewayName) {
        return InterfaceName.of("l34v", gatewayNamespace, gatewayName);
    }

    /** CNI interface name of a Gateway's {@code policy-route} attachment. */
    public static String policyRouteInterface(String gatewayNamespace, String gatewayName) {
        return InterfaceName.of("l34r", gatewayNamespace, gatewayName);
    }
}
