// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.images.debian;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A package as {@code apt-cache show} describes it (deb-control(5)).
 *
 * @param dependencies names from Pre-Depends and Depends; of alternatives the first, which is what apt prefers
 */
record Stanza(String name, String version, String architecture, List<String> dependencies) {
    Stanza {
        dependencies = List.copyOf(dependencies);
    }

    /** Name under which the unpacked files are kept; a version may hold ':' and '~' but never '/'. */
    String folder() {
        return name + "_" + version + "_" + architecture;
    }

    /** All stanzas of the text by package name. */
    static Map<String, Stanza> parse(String text) {
        var stanzas = new LinkedHashMap<String, Stanza>();
        for (String block : text.split("\n\n")) {
            var fields = new LinkedHashMap<String, String>();
            for (String line : block.split("\n")) {
                int colon = line.indexOf(": ");
                if (colon > 0 && !line.startsWith(" ")) fields.put(line.substring(0, colon), line.substring(colon + 2));
            }
            String name = fields.get("Package");
            if (name == null) continue;
            var dependencies = new ArrayList<String>();
            for (String field : List.of("Pre-Depends", "Depends")) {
                for (String clause : fields.getOrDefault(field, "").split(",")) {
                    String first = clause.split("\\|")[0].strip().split("[ (:]")[0];
                    if (!first.isEmpty()) dependencies.add(first);
                }
            }
            stanzas.put(
                    name,
                    new Stanza(
                            name,
                            fields.getOrDefault("Version", ""),
                            fields.getOrDefault("Architecture", ""),
                            dependencies));
        }
        return stanzas;
    }
}
