// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.workload;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.CapabilitiesBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.Map;
import org.l34gateway.api.Report;
import org.l34gateway.routing.FastPathChoice;

/** The pod of a Gateway: BIRD as a native sidecar, which outlives gateway-agent at shutdown, and gateway-agent. */
final class GatewayPodTemplate {
    /** BIRD's control socket and the configuration that gateway-agent writes. */
    private static final String BIRD_FOLDER = "/run/l34/bird";

    private static final String BIRD_SOCKET = BIRD_FOLDER + "/bird.ctl";
    /** What gateway-agent writes: sessions and VIPs. */
    private static final String BIRD_GENERATED = BIRD_FOLDER + "/l34.conf";

    private static final int HEALTH_PORT = 8081;
    /** Withdraw, wait until the next hop has left the application pods, exit. */
    private static final long GRACE_SECONDS = 30;

    private GatewayPodTemplate() {}

    static PodTemplateSpec of(
            Report.ObjectRef gateway,
            String name,
            Map<String, String> labels,
            Map<String, String> annotations,
            Map<String, String> selector,
            FastPathChoice fastPath,
            WorkloadSettings settings) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(name)
                .withImagePullSecrets(settings.imagePullSecrets().stream()
                        .map(LocalObjectReference::new)
                        .toList())
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(GRACE_SECONDS)
                .withNewSecurityContext()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withNewAffinity()
                .withNewPodAntiAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withTopologyKey("kubernetes.io/hostname")
                .withNewLabelSelector()
                .withMatchLabels(selector)
                .endLabelSelector()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .withInitContainers(forget(settings), bird(settings))
                .withContainers(agent(gateway, fastPath, settings))
                .withVolumes(memory("bird", "16Mi"), memory("tmp", "16Mi"))
                .endSpec()
                .build();
    }

    /**
     * Runs once in each sandbox of the pod, unlike BIRD: the folder outlives a sandbox, and a BIRD that starts in a new one with
     * the file of the old one announces VIPs whose packets the new one's kernel does not forward yet.
     */
    private static Container forget(WorkloadSettings settings) {
        return new ContainerBuilder()
                .withName("forget")
                .withImage(settings.birdImage())
                .withImagePullPolicy(settings.imagePullPolicy())
                .withCommand("/bin/rm", "-f", BIRD_GENERATED)
                .withSecurityContext(rootWith())
                .withResources(resources("10m", "8Mi", "16Mi"))
                .addToVolumeMounts(birdFolder())
                .build();
    }

    private static Container bird(WorkloadSettings settings) {
        Probe answers = new ProbeBuilder()
                .withNewExec()
                .withCommand("/usr/sbin/birdc", "-s", BIRD_SOCKET, "show", "status")
                .endExec()
                .withTimeoutSeconds(2)
                .build();
        return new ContainerBuilder()
                .withName("bird")
                .withImage(settings.birdImage())
                .withImagePullPolicy(settings.imagePullPolicy())
                .withRestartPolicy("Always")
                .withCommand("/usr/sbin/bird", "-f", "-c", "/etc/bird/bird.conf", "-s", BIRD_SOCKET)
                // A peer may ask for port 179.
                .withSecurityContext(rootWith("NET_ADMIN", "NET_BIND_SERVICE"))
                .withResources(resources("20m", "16Mi", "64Mi"))
                .withStartupProbe(new ProbeBuilder(answers)
                        .withPeriodSeconds(1)
                        .withFailureThreshold(60)
                        .build())
                .withLivenessProbe(new ProbeBuilder(answers)
                        .withPeriodSeconds(20)
                        .withFailureThreshold(3)
                        .build())
                .addToVolumeMounts(birdFolder())
                .build();
    }

    private static Container agent(Report.ObjectRef gateway, FastPathChoice fastPath, WorkloadSettings settings) {
        return new ContainerBuilder()
                .withName("gateway-agent")
                .withImage(settings.gatewayImage())
                .withImagePullPolicy(settings.imagePullPolicy())
                .withArgs("@/app/gateway-agent.args")
                .withEnv(
                        field("POD_NAME", "metadata.name"),
                        field("POD_NAMESPACE", "metadata.namespace"),
                        field("POD_UID", "metadata.uid"),
                        field("NODE_NAME", "spec.nodeName"),
                        value("GATEWAY_NAME", gateway.name()),
                        value("GATEWAY_NAMESPACE", gateway.namespace()),
                        value("HEALTH_PORT", Integer.toString(HEALTH_PORT)))
                .addNewPort()
                .withName("health")
                .withContainerPort(HEALTH_PORT)
                .withProtocol("TCP")
                .endPort()
                .withSecurityContext(
                        fastPath == FastPathChoice.EBPF ? rootWith("NET_ADMIN", "BPF") : rootWith("NET_ADMIN"))
                .withResources(resources("100m", "128Mi", "640Mi"))
                .withStartupProbe(http("/healthz", 1, 120))
                .withReadinessProbe(http("/readyz", 2, 2))
                .withLivenessProbe(http("/healthz", 10, 6))
                .addToVolumeMounts(birdFolder())
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .build();
    }

    private static VolumeMount birdFolder() {
        return new VolumeMountBuilder()
                .withName("bird")
                .withMountPath(BIRD_FOLDER)
                .build();
    }

    /** Kubernetes gives no ambient capabilities, so a user other than root would have none of those added. */
    private static SecurityContext rootWith(String... capabilities) {
        Capabilities only =
                new CapabilitiesBuilder().withDrop("ALL").withAdd(capabilities).build();
        return new SecurityContextBuilder()
                .withRunAsUser(0L)
                .withRunAsNonRoot(false)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withCapabilities(only)
                .build();
    }

    private static Probe http(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withPort(new IntOrString("health"))
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(2)
                .withFailureThreshold(failures)
                .build();
    }

    private static ResourceRequirements resources(String cpu, String memory, String memoryLimit) {
        return new ResourceRequirementsBuilder()
                .addToRequests("cpu", new Quantity(cpu))
                .addToRequests("memory", new Quantity(memory))
                .addToLimits("memory", new Quantity(memoryLimit))
                .build();
    }

    private static Volume memory(String name, String limit) {
        return new VolumeBuilder()
                .withName(name)
                .withNewEmptyDir()
                .withMedium("Memory")
                .withSizeLimit(new Quantity(limit))
                .endEmptyDir()
                .build();
    }

    private static EnvVar value(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }
}
