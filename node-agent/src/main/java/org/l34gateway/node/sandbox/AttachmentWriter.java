// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.sandbox;

import java.util.SortedSet;
import java.util.TreeSet;
import org.l34gateway.cni.Attachment;
import org.l34gateway.cni.AttachmentRecord;
import org.l34gateway.cni.GatewayRef;
import org.l34gateway.cni.PodRef;
import org.l34gateway.cni.SandboxLock;
import org.l34gateway.cni.StoredRecord;
import org.l34gateway.cni.host.Namespace;
import org.l34gateway.cni.sbr.RouteAttachment;
import org.l34gateway.cni.sbr.RouteWanted;
import org.l34gateway.cni.vip.VipAttachment;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.node.plan.AttachmentKey;
import org.l34gateway.node.plan.Held;
import org.l34gateway.node.plan.PodFacts;
import org.l34gateway.node.plan.Target;

/**
 * The order of steps in one sandbox: the way out is there before a VIP comes, and stays until it is gone, so that no
 * answer ever leaves by the primary network.
 */
record AttachmentWriter(SandboxLock lock, Namespace netns, Sandbox sandbox, PodFacts pod) {
    /** CNI network of attachments that no runtime asked for. */
    private static final String NETWORK = "l34-node-agent";

    /** Makes the two attachments of a Gateway hold the target. */
    void hold(AttachmentKey key, Target target, Held before) {
        SortedSet<IpPrefix> meanwhile = new TreeSet<>(target.vips());
        meanwhile.addAll(before.rules());
        Attachment routes = who(key.routeInterface(), target.gatewayName());
        RouteAttachment.apply(lock, netns, routes, wanted(routes, meanwhile, target));
        VipAttachment.apply(lock, netns, who(key.vipInterface(), target.gatewayName()), target.vips());
        if (!meanwhile.equals(target.vips())) {
            RouteAttachment.apply(lock, netns, routes, wanted(routes, target.vips(), target));
        }
    }

    /**
     * Takes everything of a Gateway away. An empty record of the routes stays: by it the sandbox is found again under the
     * same name.
     */
    void empty(AttachmentKey key, Target target) {
        Attachment vips = who(key.vipInterface(), target.gatewayName());
        VipAttachment.remove(lock, netns, vips.key());
        Attachment routes = who(key.routeInterface(), target.gatewayName());
        RouteAttachment.apply(lock, netns, routes, wanted(routes, new TreeSet<>(), target));
    }

    /** Keeps the sysctls that the record has: whoever made the attachment asked for them. */
    private RouteWanted wanted(Attachment routes, SortedSet<IpPrefix> sources, Target target) {
        RouteWanted wanted = RouteWanted.of(sources, target.nextHops());
        return lock.find(routes.key()) instanceof StoredRecord.Found(AttachmentRecord record)
                ? new RouteWanted(
                        wanted.sources(),
                        wanted.nextHops(),
                        wanted.table(),
                        record.holds().sysctls())
                : wanted;
    }

    /** Who is attached: as recorded, with the path by which this process knows the namespace; else as the pod says. */
    private Attachment who(String ifname, String gatewayName) {
        var key = new org.l34gateway.cni.AttachmentKey(sandbox.id(), ifname);
        if (lock.find(key) instanceof StoredRecord.Found(AttachmentRecord record)) {
            Attachment who = record.who();
            return new Attachment(key, sandbox.netns(), who.network(), who.pod(), who.gateway());
        }
        return new Attachment(
                key,
                sandbox.netns(),
                NETWORK,
                new PodRef(pod.namespace(), pod.name(), pod.uid()),
                new GatewayRef(pod.namespace(), gatewayName));
    }
}
