// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.l34gateway.api.GatewayReport;
import org.l34gateway.api.L34Route;
import org.l34gateway.api.Names;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;
import org.l34gateway.runtime.snapshot.Snapshot;
import org.l34gateway.webhook.admission.AttachmentLookup.Found;

/** From the objects of a cluster to the attachments of a pod that is about to be created. */
class ClusterAttachmentsTest {
    private static final Map<String, String> TARGET = Map.of("app", "b", "pod-template-hash", "x");

    private final AtomicReference<Optional<Snapshot>> snapshot = new AtomicReference<>(Optional.empty());
    private final AtomicInteger looks = new AtomicInteger();
    private final ClusterAttachments attachments = new ClusterAttachments(() -> {
        looks.incrementAndGet();
        return snapshot.get();
    });

    @Test
    void nothing_is_known_before_everything_was_listed() {
        assertThat(attachments.find("shop", TARGET)).isInstanceOf(Found.Unknown.class);
    }

    @Test
    void a_target_gets_the_vips_of_its_route_and_the_next_hops_that_gateway_pods_report() {
        show(gateway(), service(), route(), gatewayPod(), report());
        assertThat(attachments.find("shop", TARGET))
                .isInstanceOfSatisfying(
                        Found.Known.class,
                        known -> assertThat(known.attachments())
                                .singleElement()
                                .isInstanceOfSatisfying(Attachment.Wanted.class, wanted -> {
                                    assertThat(wanted.vips()).containsExactly(IpPrefix.parse("20.0.0.1/32"));
                                    assertThat(wanted.nextHops()).containsExactly(IpAddress.parse("169.222.100.1"));
                                }));
    }

    @Test
    void a_target_without_gateway_pods_gets_its_vips_and_no_next_hop() {
        show(gateway(), service(), route());
        assertThat(attachments.find("shop", TARGET))
                .isInstanceOfSatisfying(
                        Found.Known.class,
                        known -> assertThat(known.attachments())
                                .singleElement()
                                .isInstanceOfSatisfying(
                                        Attachment.Wanted.class,
                                        wanted -> assertThat(wanted.nextHops()).isEmpty()));
    }

    @Test
    void pods_of_other_namespaces_and_labels_get_nothing() {
        show(gateway(), service(), route());
        Found nothing = new Found.Known(List.of());
        assertThat(attachments.find("elsewhere", TARGET)).isEqualTo(nothing);
        assertThat(attachments.find("shop", Map.of("app", "c"))).isEqualTo(nothing);
        assertThat(attachments.find("shop", Map.of())).isEqualTo(nothing);
    }

    @Test
    void decisions_are_kept_until_something_changes() {
        show(gateway(), service());
        attachments.find("shop", TARGET);
        attachments.find("shop", TARGET);
        assertThat(looks).hasValue(1);
        show(gateway(), service(), route());
        assertThat(attachments.find("shop", TARGET))
                .isInstanceOfSatisfying(
                        Found.Known.class,
                        known -> assertThat(known.attachments())
                                .singleElement()
                                .isInstanceOfSatisfying(
                                        Attachment.Wanted.class,
                                        wanted -> assertThat(wanted.vips()).hasSize(1)));
        assertThat(looks).hasValue(2);
    }

    private void show(HasMetadata... objects) {
        snapshot.set(Optional.of(Snapshot.of(objects)));
        attachments.changed();
    }

    private static Gateway gateway() {
        return new GatewayBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("gw")
                .withUid("g-1")
                .endMetadata()
                .withNewSpec()
                .withGatewayClassName(Names.STATELESS_CONTROLLER)
                .withNewInfrastructure()
                .addToAnnotations(Names.NETWORKS_ANNOTATION, "[{\"name\":\"macvlan-nad-2\",\"interface\":\"net2\"}]")
                .endInfrastructure()
                .endSpec()
                .build();
    }

    private static Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("service-b")
                .withUid("s-1")
                .addToLabels(Names.GATEWAY_LABEL, "gw")
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "b")
                .addToSelector(Names.DUMMY_SELECTOR, "true")
                .endSpec()
                .build();
    }

    private static L34Route route() {
        return Serialization.unmarshal("""
                {"apiVersion": "l34.gateway.api.poc/v1alpha1", "kind": "L34Route",
                 "metadata": {"namespace": "shop", "name": "r", "uid": "r-1"},
                 "spec": {"parentRefs": [{"name": "gw"}], "backendRefs": [{"name": "service-b", "port": 4000}],
                          "priority": 1, "destinationCIDRs": ["20.0.0.1/32"], "protocols": ["TCP"]}}""", L34Route.class);
    }

    private static HasMetadata gatewayPod() {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName("gw-pod")
                .withUid("p-1")
                .addToLabels(Names.GATEWAY_LABEL, "gw")
                .endMetadata()
                .build();
    }

    private static GatewayReport report() {
        return Serialization.unmarshal("""
                {"apiVersion": "l34.gateway.api.poc/v1alpha1", "kind": "GatewayReport",
                 "metadata": {"namespace": "shop", "name": "gw-pod", "uid": "gr-1"},
                 "spec": {"gateway": {"namespace": "shop", "name": "gw", "uid": "g-1"}, "podUID": "p-1",
                          "observedAt": "2026-01-01T00:00:00Z", "programmed": true,
                          "addresses": ["169.222.100.1", "fd00::1"], "defaultRoutes": ["IPv4"]}}""", GatewayReport.class);
    }
}
