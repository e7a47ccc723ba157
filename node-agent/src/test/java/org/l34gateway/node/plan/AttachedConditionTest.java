// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.node.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.node.plan.Examples.BLUE;
import static org.l34gateway.node.plan.Examples.RED;
import static org.l34gateway.node.plan.Examples.addresses;
import static org.l34gateway.node.plan.Examples.held;
import static org.l34gateway.node.plan.Examples.vips;
import static org.l34gateway.node.plan.Examples.wanted;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.attachments.Attachment;
import org.l34gateway.routing.Verdict;

class AttachedConditionTest {
    private static final AttachmentKey KEY = AttachmentKey.of(BLUE);
    private static final String TIME = "2026-01-01T00:00:00Z";

    record Row(
            String name,
            List<Attachment> attachments,
            Map<AttachmentKey, Held> held,
            List<Trouble> troubles,
            boolean attachedHere,
            boolean ok,
            String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        List<Attachment> blue = List.of(wanted(BLUE, "20.0.0.1 2000::1", "10.1.0.1"));
        List<Attachment> conflict = List.of(new Attachment.Conflicted(BLUE, vips("20.0.0.1"), RED));
        Map<AttachmentKey, Held> all = Map.of(KEY, held("20.0.0.1 2000::1", ""));
        Held open = new Held(
                "blue", vips("20.0.0.1 2000::1"), vips("20.0.0.1 2000::1"), addresses(""), new TreeSet<>(), 5000);
        Held unruled = new Held(
                "blue", vips("20.0.0.1 2000::1"), vips("20.0.0.1"), addresses(""), Examples.bothFamilies(), 5000);
        List<Trouble> refused = List.of(new Trouble(Trouble.KERNEL_REFUSED, "EPERM"));
        return Stream.of(
                new Row("all held, without waiting for next hops", blue, all, List.of(), false, true, "Attached"),
                new Row("nobody wants anything", List.of(), Map.of(), List.of(), false, true, "NothingToAttach"),
                new Row("nothing held yet", blue, Map.of(), List.of(), false, false, "Incomplete"),
                new Row("a rule is missing", blue, Map.of(KEY, unruled), List.of(), false, false, "Incomplete"),
                new Row("no unreachable route", blue, Map.of(KEY, open), List.of(), false, false, "Incomplete"),
                new Row("conflict", conflict, Map.of(), Trouble.conflicts(conflict), false, false, "Conflicted"),
                new Row("the kernel refuses", blue, Map.of(), refused, false, false, "KernelRefused"),
                new Row("later trouble leaves a ready pod ready", blue, all, refused, true, true, "PartlyAttached"),
                new Row(
                        "a later VIP leaves a ready pod ready",
                        blue,
                        Map.of(),
                        List.of(),
                        true,
                        true,
                        "PartlyAttached"),
                new Row(
                        "more is held than wanted",
                        List.of(wanted(BLUE, "", "")),
                        all,
                        List.of(),
                        false,
                        true,
                        "Attached"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void says_whether_the_sandbox_holds_everything(Row row) {
        Verdict verdict = AttachedCondition.decide(row.attachments(), row.held(), row.troubles(), row.attachedHere());
        assertThat(verdict.ok()).isEqualTo(row.ok());
        assertThat(verdict.reason()).isEqualTo(row.reason());
        assertThat(verdict.message().isEmpty())
                .isEqualTo(List.of("Attached", "NothingToAttach").contains(row.reason()));
    }

    @Test
    void an_equal_condition_is_not_written() {
        PodCondition present = write(null, Verdict.yes("Attached"));
        assertThat(AttachedCondition.toWrite(present, Verdict.yes("Attached"), "later"))
                .isEmpty();
    }

    @Test
    void the_transition_time_moves_with_the_status_only() {
        PodCondition present = write(null, Verdict.yes("Attached"));
        assertThat(present.getLastTransitionTime()).isEqualTo(TIME);
        assertThat(AttachedCondition.toWrite(present, new Verdict(true, "PartlyAttached", "x"), "later"))
                .hasValueSatisfying(
                        next -> assertThat(next.getLastTransitionTime()).isEqualTo(TIME));
        assertThat(AttachedCondition.toWrite(present, Verdict.no("Incomplete", "x"), "later"))
                .hasValueSatisfying(
                        next -> assertThat(next.getLastTransitionTime()).isEqualTo("later"));
    }

    private static PodCondition write(@Nullable PodCondition present, Verdict verdict) {
        return AttachedCondition.toWrite(present, verdict, TIME).orElseThrow();
    }

    @Test
    void only_pods_that_matter_get_the_condition() {
        assertThat(AttachedCondition.concerns(Examples.pod(false, false, null), List.of()))
                .isFalse();
        assertThat(AttachedCondition.concerns(Examples.pod(false, true, null), List.of()))
                .isTrue();
        assertThat(AttachedCondition.concerns(Examples.pod(false, false, null), List.of(wanted(BLUE, "", ""))))
                .isTrue();
        assertThat(AttachedCondition.concerns(
                        Examples.pod(false, false, write(null, Verdict.yes("Attached"))), List.of()))
                .isTrue();
    }
}
