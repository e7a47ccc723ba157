// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.sbr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.Request;
import org.l34gateway.cni.json.Json;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * {@code policy-route}: arguments {@code policyRoutes} ({@code [{"srcPrefix": CIDR}]}), {@code gateways} (addresses),
 * {@code tableId} and {@code sysctls} (name → value), all optional. {@code args.cni} replaces the network's own
 * configuration as a whole, as in the reference.
 */
public final class RoutePlugin implements Plugin {
    @Override
    public String name() {
        return RouteAttachment.PLUGIN;
    }

    @Override
    public void add(AttachmentRecords records, Request request) {
        RouteAttachment.apply(records, request.who(), wanted(request.settings()));
    }

    @Override
    public void remove(AttachmentRecords records, AttachmentKey key, String netns) {
        RouteAttachment.remove(records, key, netns);
    }

    @Override
    public void check(AttachmentRecords records, Request request) {
        String difference = RouteAttachment.difference(
                records, request.who().key(), request.who().netns());
        if (!difference.isEmpty()) {
            throw new CniError(CniError.DIFFERS, "the kernel does not hold what the record says", difference);
        }
    }

    private static RouteWanted wanted(Json.Obj settings) {
        List<IpPrefix> sources = new ArrayList<>();
        for (Json item : list(settings, "policyRoutes")) {
            sources.add(source(item));
        }
        List<IpAddress> gateways = new ArrayList<>();
        for (Json item : list(settings, "gateways")) {
            gateways.add(gateway(item));
        }
        return new RouteWanted(sources, gateways, table(settings.get("tableId")), sysctls(settings));
    }

    private static List<Json> list(Json.Obj settings, String name) {
        @Nullable Json value = settings.get(name);
        if (value != null && !(value instanceof Json.Arr)) {
            throw new CniError(CniError.INVALID_CONFIGURATION, name + " must be a list");
        }
        return settings.items(name);
    }

    private static IpPrefix source(Json item) {
        String text = item instanceof Json.Obj route ? route.text("srcPrefix") : "";
        try {
            return IpPrefix.parse(text);
        } catch (IllegalArgumentException invalid) {
            throw new CniError(
                    CniError.INVALID_CONFIGURATION, "invalid policyRoutes.srcPrefix: " + invalid.getMessage());
        }
    }

    private static IpAddress gateway(Json item) {
        try {
            return IpAddress.parse(item instanceof Json.Text text ? text.value() : "");
        } catch (IllegalArgumentException invalid) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "invalid gateways: " + invalid.getMessage());
        }
    }

    /** A given table is 1 or more; without one, 0. */
    private static int table(@Nullable Json value) {
        if (value == null) {
            return 0;
        }
        try {
            int table = value instanceof Json.Num number ? Integer.parseInt(number.text()) : 0;
            if (table > 0) {
                return table;
            }
        } catch (NumberFormatException tooLarge) {
            // Refused below, with the reason.
        }
        throw new CniError(
                CniError.INVALID_CONFIGURATION, "tableId must be 1..2147483647, but not 253..255, or be left out");
    }

    private static SortedMap<String, String> sysctls(Json.Obj settings) {
        @Nullable Json value = settings.get("sysctls");
        if (value != null && !(value instanceof Json.Obj)) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "sysctls must be an object");
        }
        SortedMap<String, String> sysctls = new TreeMap<>();
        for (Map.Entry<String, Json> each : settings.object("sysctls").members().entrySet()) {
            String text = switch (each.getValue()) {
                case Json.Text string -> string.value();
                case Json.Num number -> number.text();
                default -> "";
            };
            sysctls.put(each.getKey(), text);
        }
        return sysctls;
    }
}
