// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Names;
import org.l34gateway.program.Dealing;

/**
 * How the pods of a Gateway do their work, as annotations of its infrastructure say. Pods follow a change while they run.
 *
 * @param problems values that are none, one sentence each; the default stands for them
 */
public record GatewayOptions(FastPathChoice fastPath, Dealing slotTable, List<String> problems) {
    /** Unless somebody says otherwise. */
    public static final GatewayOptions DEFAULT =
            new GatewayOptions(FastPathChoice.NFTABLES, Dealing.RENDEZVOUS, List.of());

    /** The annotations that are read here. They must not be in the template of gateway pods: a change would make pods anew. */
    public static final Set<String> ANNOTATIONS = Set.of(Names.FAST_PATH_ANNOTATION, Names.SLOT_TABLE_ANNOTATION);

    /** An annotation may be as long as a book. */
    private static final int QUOTED = 40;

    public GatewayOptions {
        problems = List.copyOf(problems);
    }

    static GatewayOptions of(Gateway gateway) {
        Map<String, String> annotations = GatewayDecision.infrastructureAnnotations(gateway);
        List<String> problems = new ArrayList<>();
        FastPathChoice fastPath =
                read(annotations, Names.FAST_PATH_ANNOTATION, FastPathChoice.values(), DEFAULT.fastPath(), problems);
        Dealing slotTable =
                read(annotations, Names.SLOT_TABLE_ANNOTATION, Dealing.values(), DEFAULT.slotTable(), problems);
        return new GatewayOptions(fastPath, slotTable, problems);
    }

    private static <T> T read(
            Map<String, String> annotations, String name, T[] values, T otherwise, List<String> problems) {
        @Nullable String text = annotations.get(name);
        if (text == null) {
            return otherwise;
        }
        Optional<T> value =
                Stream.of(values).filter(each -> each.toString().equals(text)).findFirst();
        if (value.isEmpty()) {
            String known = Stream.of(values).map(Object::toString).collect(Collectors.joining(", "));
            problems.add("spec.infrastructure.annotations[" + name + "] must be one of " + known + ", got \""
                    + (text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…") + "\"; taking " + otherwise);
        }
        return value.orElse(otherwise);
    }
}
