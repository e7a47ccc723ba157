// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.json.Json;
import org.l34gateway.cni.json.JsonWriter;
import org.l34gateway.cni.json.Utf8;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/**
 * What is written down about one attachment, so that DEL and node-agent need no arguments.
 *
 * @param plugin name of the executable that owns it
 * @param bootId the boot in which it is true
 * @param who the attachment
 * @param holds what the kernel holds for it, or may hold while a change is under way
 */
public record AttachmentRecord(String plugin, String bootId, Attachment who, Holdings holds) {
    private static final int FORMAT = 1;

    public AttachmentRecord withHoldings(Holdings now) {
        return new AttachmentRecord(plugin, bootId, who, now);
    }

    byte[] toJson() {
        JsonWriter out = new JsonWriter().open('{');
        out.name("format").value(FORMAT).member("plugin", plugin).member("bootId", bootId);
        out.member("containerId", who.key().containerId())
                .member("ifname", who.key().ifname());
        out.member("netns", who.netns()).member("network", who.network());
        out.name("pod").open('{').member("namespace", who.pod().namespace());
        out.member("name", who.pod().name()).member("uid", who.pod().uid()).close('}');
        out.name("gateway").open('{').member("namespace", who.gateway().namespace());
        out.member("name", who.gateway().name()).close('}');
        out.member("vips", holds.vips()).name("table").value(holds.table());
        out.name("formerTables").open('[');
        for (int table : holds.formerTables()) {
            out.value(table);
        }
        out.close(']');
        out.member("sources", holds.sources()).member("nextHops", holds.nextHops());
        out.member("sysctls", holds.sysctls()).member("sysctlsBefore", holds.sysctlsBefore());
        return Utf8.encode(out.close('}') + "\n");
    }

    /**
     * Reads a record.
     *
     * @throws RuntimeException of several kinds when the bytes are no record of ours; the caller takes them as garbage
     */
    static AttachmentRecord read(byte[] bytes) {
        if (!(Json.read(bytes) instanceof Json.Obj in) || number(in.get("format")) != FORMAT) {
            throw new IllegalArgumentException("not an attachment record of format " + FORMAT);
        }
        Json.Obj pod = in.object("pod");
        Json.Obj gateway = in.object("gateway");
        Attachment who = new Attachment(
                new AttachmentKey(in.text("containerId"), in.text("ifname")),
                in.text("netns"),
                in.text("network"),
                new PodRef(pod.text("namespace"), pod.text("name"), pod.text("uid")),
                new GatewayRef(gateway.text("namespace"), gateway.text("name")));
        List<IpAddress> nextHops = new ArrayList<>();
        for (Json each : in.items("nextHops")) {
            nextHops.add(IpAddress.parse(text(each)));
        }
        List<Integer> formerTables = new ArrayList<>();
        for (Json each : in.items("formerTables")) {
            formerTables.add(number(each));
        }
        Holdings holds = new Holdings(
                prefixes(in.items("vips")),
                number(in.get("table")),
                formerTables,
                prefixes(in.items("sources")),
                nextHops,
                values(in.object("sysctls")),
                values(in.object("sysctlsBefore")));
        return new AttachmentRecord(in.text("plugin"), in.text("bootId"), who, holds);
    }

    private static SortedMap<String, String> values(Json.Obj in) {
        TreeMap<String, String> values = new TreeMap<>();
        for (Map.Entry<String, Json> each : in.members().entrySet()) {
            values.put(each.getKey(), text(each.getValue()));
        }
        return values;
    }

    private static List<IpPrefix> prefixes(List<Json> items) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (Json each : items) {
            prefixes.add(IpPrefix.parse(text(each)));
        }
        return prefixes;
    }

    private static String text(Json value) {
        if (value instanceof Json.Text text) {
            return text.value();
        }
        throw new IllegalArgumentException("expected a string in an attachment record");
    }

    private static int number(@Nullable Json value) {
        return value instanceof Json.Num number ? Integer.parseInt(number.text()) : 0;
    }
}
