// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.l34gateway.api.Report;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpFamily;
import org.l34gateway.ip.IpPrefix;

/** Values for the tests, from short texts. */
public final class Examples {
    public static final Report.ObjectRef BLUE = new Report.ObjectRef("shop", "blue", "uid-blue");
    public static final Report.ObjectRef RED = new Report.ObjectRef("shop", "red", "uid-red");

    private Examples() {}

    /** {@code "20.0.0.1 2000::1"} → host prefixes. */
    public static SortedSet<IpPrefix> vips(String texts) {
        return words(texts).map(IpPrefix::parse).collect(Collectors.toCollection(TreeSet::new));
    }

    public static SortedSet<IpAddress> addresses(String texts) {
        return words(texts).map(IpAddress::parse).collect(Collectors.toCollection(TreeSet::new));
    }

    private static java.util.stream.Stream<String> words(String texts) {
        return Arrays.stream(texts.split(" ")).filter(word -> !word.isEmpty());
    }

    public static Attachment.Wanted wanted(Report.ObjectRef gateway, String vips, String nextHops) {
        return new Attachment.Wanted(gateway, vips(vips), addresses(nextHops));
    }

    /** Complete: with rules and unreachable routes for both families. */
    public static Held held(String vips, String nextHops) {
        return new Held("blue", vips(vips), vips(vips), addresses(nextHops), bothFamilies(), 5000);
    }

    public static SortedSet<IpFamily> bothFamilies() {
        return new TreeSet<>(Arrays.asList(IpFamily.values()));
    }

    public static Target target(String vips, String nextHops) {
        return new Target("blue", vips(vips), addresses(nextHops));
    }

    public static PodFacts pod(boolean leaving, boolean gated, @Nullable PodCondition condition) {
        return new PodFacts("shop", "target-a", "uid-a", addresses("10.0.0.7"), leaving, gated, condition);
    }
}
