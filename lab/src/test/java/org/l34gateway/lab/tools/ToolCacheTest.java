// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ToolCacheTest {
    static final List<Tool> tools = Catalogue.ALL;

    @ParameterizedTest
    @FieldSource("tools")
    void a_tool_is_pinned_to_the_version_that_it_says(Tool tool) {
        var requirement = tool.module() + " v" + tool.version();
        assertThat(text(tool, "go.mod")).contains(requirement);
        assertThat(text(tool, "go.sum")).contains(requirement + " h1:", requirement + "/go.mod h1:");
    }

    @ParameterizedTest
    @FieldSource("tools")
    void every_program_is_among_the_pinned_packages(Tool tool) {
        tool.programs()
                .values()
                .forEach(program -> assertThat(text(tool, "tools.go")).contains('"' + program + '"'));
    }

    @Test
    void no_two_tools_share_a_folder() {
        var folders = new HashSet<Path>();
        Catalogue.ALL.forEach(tool -> folders.add(new ToolCache(Path.of("/cache")).folder(tool)));
        assertThat(folders).hasSameSizeAs(Catalogue.ALL);
    }

    @Test
    void another_flag_is_another_folder() {
        Tool etcd = Catalogue.ETCD;
        var other = new Tool(etcd.name(), etcd.module(), etcd.version(), etcd.programs(), "-X a.b=c", etcd.files());
        assertThat(ToolCache.key(other)).isNotEqualTo(ToolCache.key(etcd));
    }

    @ParameterizedTest
    @CsvSource({
        "k8s.io/kubernetes/cmd/kubelet, kubelet",
        "go.etcd.io/etcd/server/v3, server",
        "github.com/k8snetworkplumbingwg/whereabouts/cmd, cmd"
    })
    void programs_are_found_under_the_name_that_go_gives_them(String goPackage, String built) {
        assertThat(ToolBuild.builtName(goPackage)).isEqualTo(built);
    }

    @Test
    void the_path_starts_with_the_tools() {
        var tools = new Tools(Map.of("b", Path.of("/b"), "a", Path.of("/a")));
        assertThat(tools.path()).startsWith("/a:/b:/usr/local/sbin:");
    }

    private static String text(Tool tool, String file) {
        return new String(ToolCache.pin(tool, file), StandardCharsets.UTF_8);
    }
}
