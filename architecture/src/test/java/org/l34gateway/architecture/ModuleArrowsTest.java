// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The poms say no more than docs/adr/0001 and 0022 allow: which module of ours may know which. */
class ModuleArrowsTest {
    private static final Path ROOT = Path.of(System.getProperty("l34.root"));

    private static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(
            Map.entry("ip", Set.of()),
            Map.entry("netlink", Set.of("ip")),
            Map.entry("linux", Set.of("ip", "netlink")),
            Map.entry("cni", Set.of("ip", "netlink", "linux")),
            Map.entry("cni-vip-plugin", Set.of("ip", "netlink", "cni")),
            Map.entry("cni-sbr-plugin", Set.of("ip", "netlink", "cni")),
            Map.entry("api", Set.of("ip")),
            Map.entry("program", Set.of("ip")),
            Map.entry("routing", Set.of("ip", "api", "program")),
            Map.entry("attachments", Set.of("ip", "api", "routing")),
            Map.entry("load-balancer", Set.of("ip", "program", "netlink", "linux")),
            Map.entry("bird-config", Set.of("ip")),
            Map.entry("runtime", Set.of("ip", "api")),
            Map.entry(
                    "gateway-agent",
                    Set.of(
                            "ip",
                            "runtime",
                            "api",
                            "routing",
                            "program",
                            "load-balancer",
                            "bird-config",
                            "linux",
                            "netlink")),
            Map.entry(
                    "node-agent",
                    Set.of(
                            "ip",
                            "runtime",
                            "api",
                            "routing",
                            "attachments",
                            "cni",
                            "cni-vip-plugin",
                            "cni-sbr-plugin",
                            "linux",
                            "netlink")),
            Map.entry("webhook", Set.of("ip", "runtime", "api", "routing", "attachments")),
            Map.entry("endpointslice-controller", Set.of("ip", "runtime", "api", "routing", "attachments")),
            Map.entry("target-application", Set.of()),
            Map.entry("images", Set.of()),
            Map.entry("lab", Set.of("ip", "target-application", "images")),
            Map.entry("bench", Set.of("ip", "program", "netlink", "linux", "load-balancer", "lab")),
            Map.entry("e2e", Set.of("lab", "target-application")));

    @Test
    void every_module_knows_only_what_it_may() throws Exception {
        Map<String, Set<String>> tooMuch = new TreeMap<>();
        for (String module : modules()) {
            if (module.equals("architecture")) {
                continue;
            }
            Set<String> known = ourDependencies(module);
            known.removeAll(MAY_KNOW.getOrDefault(module, Set.of()));
            if (!known.isEmpty()) {
                tooMuch.put(module, known);
            }
        }
        assertThat(tooMuch)
                .as("arrows that docs/adr/0001 and 0022 do not allow")
                .isEmpty();
    }

    @Test
    void every_module_is_in_the_table_and_stands_after_what_it_may_know() throws Exception {
        List<String> order = modules();
        assertThat(order).contains("architecture");
        for (String module : order) {
            if (!module.equals("architecture")) {
                assertThat(MAY_KNOW).containsKey(module);
                for (String known : MAY_KNOW.get(module)) {
                    assertThat(order.indexOf(known))
                            .as(module + " knows " + known)
                            .isLessThan(order.indexOf(module));
                }
            }
        }
    }

    private static List<String> modules() throws Exception {
        List<String> modules = new ArrayList<>();
        NodeList nodes = pom(ROOT).getElementsByTagName("module");
        for (int i = 0; i < nodes.getLength(); i++) {
            modules.add(nodes.item(i).getTextContent().strip());
        }
        return modules;
    }

    /** Production dependencies; tests may use more. */
    private static Set<String> ourDependencies(String module) throws Exception {
        Set<String> known = new TreeSet<>();
        NodeList nodes = pom(ROOT.resolve(module)).getElementsByTagName("dependency");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element dependency = (Element) nodes.item(i);
            if (text(dependency, "groupId").equals("org.l34gateway")
                    && !text(dependency, "scope").equals("test")) {
                known.add(text(dependency, "artifactId"));
            }
        }
        return known;
    }

    private static String text(Element element, String tag) {
        NodeList nodes = element.getElementsByTagName(tag);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent().strip();
    }

    private static Document pom(Path folder) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("pom.xml").toFile());
    }
}
