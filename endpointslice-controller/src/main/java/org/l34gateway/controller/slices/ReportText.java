// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/** Texts of reports and annotations as values. What is no address counts as not said: one bad writer must not stop the others. */
final class ReportText {
    private ReportText() {}

    static List<IpPrefix> prefixes(List<String> texts) {
        return texts.stream().flatMap(text -> read(text, IpPrefix::parse)).toList();
    }

    static List<IpAddress> addresses(List<String> texts) {
        return texts.stream().flatMap(text -> read(text, IpAddress::parse)).toList();
    }

    private static <T> Stream<T> read(String text, Function<String, T> parser) {
        try {
            return Stream.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }
}
