// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.vip;

import java.util.ArrayList;
import java.util.List;
import org.l34gateway.cni.AttachmentKey;
import org.l34gateway.cni.AttachmentRecords;
import org.l34gateway.cni.CniError;
import org.l34gateway.cni.Plugin;
import org.l34gateway.cni.Request;
import org.l34gateway.cni.json.Json;
import org.l34gateway.ip.IpPrefix;

/** {@code loopback-vip}: arguments {@code vips} (list of addresses or prefixes) or {@code vip} (one). */
public final class VipPlugin implements Plugin {
    @Override
    public String name() {
        return VipAttachment.PLUGIN;
    }

    @Override
    public void add(AttachmentRecords records, Request request) {
        VipAttachment.apply(records, request.who(), vips(request));
    }

    @Override
    public void remove(AttachmentRecords records, AttachmentKey key, String netns) {
        VipAttachment.remove(records, key, netns);
    }

    @Override
    public void check(AttachmentRecords records, Request request) {
        List<IpPrefix> missing = VipAttachment.missing(
                records, request.who().key(), request.who().netns());
        if (!missing.isEmpty()) {
            throw new CniError(CniError.DIFFERS, "lo lacks " + missing);
        }
    }

    /** Arguments of the attachment win over the network's own configuration, key by key, as in the reference. */
    private static List<IpPrefix> vips(Request request) {
        List<IpPrefix> vips = new ArrayList<>();
        for (Json.Obj place : List.of(request.settings(), request.config())) {
            Json list = place.get("vips");
            if (list instanceof Json.Arr array) {
                array.items().forEach(item -> vips.add(vip(item)));
                return vips;
            } else if (list != null) {
                throw new CniError(CniError.INVALID_CONFIGURATION, "vips must be a list of strings");
            }
            Json single = place.get("vip");
            if (single != null
                    && !(single instanceof Json.Text empty && empty.value().isEmpty())) {
                return List.of(vip(single));
            }
        }
        throw new CniError(CniError.INVALID_CONFIGURATION, "no vips given", "args.cni.vips or args.cni.vip");
    }

    private static IpPrefix vip(Json item) {
        if (!(item instanceof Json.Text text)) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "vips must be strings");
        }
        try {
            return IpPrefix.parse(text.value());
        } catch (IllegalArgumentException invalid) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "invalid vip: " + invalid.getMessage());
        }
    }
}
