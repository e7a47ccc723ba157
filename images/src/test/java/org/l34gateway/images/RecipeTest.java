// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
    @TempDir
    Path folder;

    private Recipe recipe(LayerFile... files) {
        return new Recipe("image", List.of(new Layer("one", List.of(files))), List.of("/a"), List.of(), Map.of());
    }

    @Test
    void the_fingerprint_follows_contents_paths_and_modes_but_not_times() throws Exception {
        Path a = Files.writeString(folder.resolve("a"), "content");
        String before = recipe(new LayerFile(a, "/a", true)).fingerprint();
        Files.setLastModifiedTime(a, FileTime.fromMillis(0));
        assertThat(recipe(new LayerFile(a, "/a", true)).fingerprint()).isEqualTo(before);
        var others = Set.of(
                recipe(new LayerFile(a, "/a", false)).fingerprint(),
                recipe(new LayerFile(a, "/b", true)).fingerprint(),
                recipe(new LayerFile(Files.writeString(folder.resolve("b"), "contents"), "/a", true))
                        .fingerprint());
        assertThat(others).hasSize(3).doesNotContain(before);
    }

    @Test
    void a_layer_is_the_same_in_whatever_order_its_files_were_found() {
        var a = new LayerFile(folder, "/a", false);
        var b = new LayerFile(folder, "/b", false);
        assertThat(new Layer("one", List.of(b, a))).isEqualTo(new Layer("one", List.of(a, b)));
    }

    @Test
    void two_files_at_one_place_are_refused() {
        var a = new LayerFile(folder, "/a", false);
        assertThatThrownBy(() -> new Layer("one", List.of(a, a))).hasMessage("layer one has /a twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "/a/../b", "/a/", "//a", ""})
    void a_target_that_is_no_normal_absolute_path_is_refused(String target) {
        assertThatThrownBy(() -> new LayerFile(folder, target, false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_service_starts_with_the_one_class_named_main() throws Exception {
        var product = new ProductFiles(folder, "1");
        Path jar = folder.resolve("webhook/target/webhook-1.jar");
        BuiltProduct.jar(jar, Map.of("org/x/WebhookMain.class", "", "org/x/WebhookMain$Port.class", ""));
        assertThat(product.mainClass(JavaService.WEBHOOK)).isEqualTo("org.x.WebhookMain");
        BuiltProduct.jar(jar, Map.of("org/x/WebhookMain.class", "", "org/x/OtherMain.class", ""));
        assertThatThrownBy(() -> product.mainClass(JavaService.WEBHOOK))
                .hasMessage("module webhook must have one class named …Main, it has "
                        + "[org.x.OtherMain, org.x.WebhookMain]");
    }

    @Test
    void the_argument_file_is_flags_class_path_and_main_class() {
        assertThat(JavaService.NODE_AGENT.arguments(
                        List.of("/app/lib/a.jar", "/app/lib/b.jar"), "org.l34gateway.node.NodeAgentMain"))
                .startsWith("-XX:+UseSerialGC\n")
                .contains("\n-Xmx64m\n", "\n-XX:+ExitOnOutOfMemoryError\n", "\n-Djna.nounpack=true\n")
                .endsWith("\n-cp\n/app/lib/a.jar:/app/lib/b.jar\norg.l34gateway.node.NodeAgentMain\n");
    }
}
