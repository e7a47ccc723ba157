// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.target;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code --name value} pairs of a command line; each name at most once, unknown names refused. */
record Options(Map<String, String> values) {
    Options {
        values = Map.copyOf(values);
    }

    /** @throws IllegalArgumentException quoting the argument that is unknown, repeated or without a value */
    static Options parse(String[] args, Set<String> known) {
        var values = new HashMap<String, String>();
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i];
            if (!known.contains(name)) throw new IllegalArgumentException("unknown argument '" + name + "'");
            if (i + 1 == args.length) throw new IllegalArgumentException(name + " needs a value");
            if (values.put(name, args[i + 1]) != null) throw new IllegalArgumentException(name + " stands twice");
        }
        return new Options(values);
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    @Nullable
    String get(String name) {
        return values.get(name);
    }

    /** @throws IllegalArgumentException when the value is no whole number of {@code least} or more */
    int atLeast(int least, String name, int otherwise) {
        String value = values.get(name);
        if (value == null) return otherwise;
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < least)
            throw new IllegalArgumentException(
                    name + " must be a number of " + least + " or more, got '" + value + "'");
        return Integer.parseInt(value);
    }
}
