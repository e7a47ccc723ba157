// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import org.l34gateway.api.NodeReport;
import org.l34gateway.runtime.write.ClusterWriter;
import org.l34gateway.runtime.write.FieldManager;
import org.l34gateway.runtime.write.Written;

/** Takes every write; conditions are noted in the log as {@code POD STATUS REASON}. */
final class FakeWriter implements ClusterWriter {
    final List<NodeReport> reports = new ArrayList<>();
    private final List<String> log;
    boolean down;

    FakeWriter(List<String> log) {
        this.log = log;
    }

    @Override
    public <T extends HasMetadata> Written<T> apply(T object, FieldManager manager, boolean force) {
        failWhenDown();
        reports.add((NodeReport) object);
        return new Written.Done<>(object);
    }

    @Override
    public <T extends HasMetadata> Written<T> applyStatus(T object, FieldManager manager, boolean force) {
        failWhenDown();
        PodCondition condition = ((Pod) object).getStatus().getConditions().getFirst();
        log.add(object.getMetadata().getName() + " " + condition.getStatus() + " " + condition.getReason());
        return new Written.Done<>(object);
    }

    @Override
    public <T extends HasMetadata> Written<T> create(T object) {
        throw new AssertionError("node-agent creates nothing");
    }

    private void failWhenDown() {
        if (down) {
            log.add("no answer");
            throw new KubernetesClientException("connection refused");
        }
    }

    @Override
    public <T extends HasMetadata> Written<T> delete(T object) {
        throw new AssertionError("node-agent deletes nothing");
    }
}
