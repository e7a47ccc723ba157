// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private static ConfigMap map(String namespace, String name, String version) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withUid(namespace + name)
                .withResourceVersion(version)
                .endMetadata()
                .build();
    }

    private static Node node(String name) {
        return new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
    }

    private final Snapshot snapshot = Snapshot.of(
            map("b", "x", "1"), map("a", "z", "1"), map("b", "a", "1"), map("c", "x", "1"), node("n2"), node("n1"));

    @Test
    void lists_are_sorted_by_namespace_and_name_and_unmodifiable() {
        assertThat(snapshot.all(ConfigMap.class))
                .extracting(o ->
                        o.getMetadata().getNamespace() + "/" + o.getMetadata().getName())
                .containsExactly("a/z", "b/a", "b/x", "c/x");
        assertThat(snapshot.all(Pod.class)).isEmpty();
        assertThatThrownBy(() -> snapshot.all(Node.class).clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void finds_by_namespace_and_name() {
        assertThat(snapshot.in("b", ConfigMap.class)).hasSize(2);
        assertThat(snapshot.in("bb", ConfigMap.class)).isEmpty();
        assertThat(snapshot.find(ConfigMap.class, "b", "x")).isPresent();
        assertThat(snapshot.find(ConfigMap.class, "b", "y")).isEmpty();
        assertThat(snapshot.find(ConfigMap.class, "d", "x")).isEmpty();
        assertThat(snapshot.find(Node.class, "", "n1")).isPresent();
    }

    @Test
    void two_watches_of_a_kind_are_merged_and_the_newer_copy_wins() {
        Watched<ConfigMap> one = Watched.in("a", ConfigMap.class);
        Watched<ConfigMap> two = Watched.everywhere(ConfigMap.class).withLabels("x=y");
        Map<Watched<?>, List<? extends io.fabric8.kubernetes.api.model.HasMetadata>> lists = new LinkedHashMap<>();
        lists.put(one, List.of(map("a", "p", "99")));
        lists.put(two, List.of(map("a", "p", "100"), map("b", "q", "1")));
        Snapshot both = Snapshot.ofWatches(lists);
        assertThat(both.all(ConfigMap.class))
                .extracting(
                        o -> o.getMetadata().getName() + "@" + o.getMetadata().getResourceVersion())
                .containsExactly("p@100", "q@1");
        assertThat(both.of(one)).hasSize(1);
        assertThatIllegalArgumentException().isThrownBy(() -> both.of(Watched.everywhere(Node.class)));
    }
}
