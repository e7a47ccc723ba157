// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.junit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.LabName;
import org.l34gateway.lab.Labs;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.topology.Vlans;

/**
 * Gives tests a running {@link Lab} as a parameter. All tests of a run share one: the lab that system property
 * {@code l34.lab} names (default {@code lab}). One that is up is used and left up; one that this run brings up is taken down
 * at its end.
 */
public final class LabExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(LabExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class;
    }

    @Override
    public Lab resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(SPACE)
                .computeIfAbsent(Shared.class, _ -> Shared.take(), Shared.class)
                .lab();
    }

    /** The lab of a run; JUnit closes it when the run ends. */
    private record Shared(Lab lab, boolean made) implements AutoCloseable {

        static Shared take() {
            var name = new LabName(System.getProperty("l34.lab", LabName.DEFAULT.text()));
            boolean made = Labs.find(name).isEmpty();
            return new Shared(Labs.up(name, Vlans.BRIDGES, new Progress(System.err)), made);
        }

        @Override
        public void close() {
            if (made) {
                Labs.down(lab.name(), new Progress(System.err));
            }
        }
    }
}
