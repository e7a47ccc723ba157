// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.controller.slices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.l34gateway.api.SliceTargets;

class IdentifiersTest {
    /** @param present slices as {@code REVISION: UID=ID UID=ID} */
    record Row(
            String name,
            List<String> present,
            String uids,
            int capacity,
            String owners,
            long revision,
            String leftOut) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row("the first get the lowest", List.of(), "a b c", 100, "a=0 b=1 c=2", 1, ""),
                new Row("nothing is an answer too", List.of(), "", 100, "", 0, ""),
                new Row("owners keep theirs", List.of("7: a=5 b=1"), "b a", 100, "a=5 b=1", 7, ""),
                new Row("a new one gets the lowest free", List.of("7: a=0 b=2"), "a b c", 100, "a=0 b=2 c=1", 8, ""),
                new Row("who is gone still blocks its own", List.of("7: a=0 b=1"), "b c", 100, "b=1 c=2", 8, ""),
                new Row(
                        "and no longer after the next write",
                        List.of("8: b=1 c=2"),
                        "b c d",
                        100,
                        "b=1 c=2 d=0",
                        9,
                        ""),
                new Row("a full Service waits for the write", List.of("7: a=0 b=1"), "b c", 2, "b=1", 8, "c"),
                new Row("more targets than identifiers", List.of("7: a=0"), "a b c d", 2, "a=0 b=1", 8, "c d"),
                new Row(
                        "of two owners in one slice the greater UID wins, as gateway pods have it",
                        List.of("7: a=3 b=3"),
                        "a b",
                        100,
                        "a=0 b=3",
                        8,
                        ""),
                new Row(
                        "of two owners the higher revision wins",
                        List.of("9: a=3", "7: b=3"),
                        "a b",
                        100,
                        "a=3",
                        10,
                        "b"),
                new Row("one that is too large is replaced", List.of("7: a=120"), "a", 100, "a=0", 8, ""),
                new Row("a negative one is replaced", List.of("7: a=-1"), "a", 100, "a=0", 8, ""),
                new Row("a smaller capacity moves whom it must", List.of("7: a=9 b=1"), "a b", 4, "a=0 b=1", 8, ""),
                new Row(
                        "both families agree, and a slice that was not written yet catches up",
                        List.of("8: a=0 b=1", "7: a=0 x=1"),
                        "a b",
                        100,
                        "a=0 b=1",
                        9,
                        ""));
    }

    private static SliceTargets slice(String text) {
        String[] parts = text.split(": ");
        List<SliceTargets.Target> targets = new ArrayList<>();
        for (String each : parts[1].split(" ")) {
            String[] pair = each.split("=");
            targets.add(new SliceTargets.Target(pair[0], Integer.parseInt(pair[1]), List.of()));
        }
        return new SliceTargets(Long.parseLong(parts[0]), targets);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void assigns(Row row) {
        Identifiers given = Identifiers.assign(
                row.present().stream().map(IdentifiersTest::slice).toList(), words(row.uids()), row.capacity());
        assertThat(given.owners().entrySet())
                .extracting(Object::toString)
                .containsExactlyElementsOf(words(row.owners()));
        assertThat(given.revision()).isEqualTo(row.revision());
        assertThat(given.leftOut()).containsExactlyElementsOf(words(row.leftOut()));
    }

    /** Two slices, written one after the other; a crash may come between. Deciding always sees what is written. */
    private static final class TwoSlices {
        final List<SliceTargets> slices = new ArrayList<>(List.of(SliceTargets.EMPTY, SliceTargets.EMPTY));

        void write(int index, Identifiers wanted) {
            List<SliceTargets.Target> targets = new ArrayList<>();
            wanted.owners().forEach((uid, id) -> targets.add(new SliceTargets.Target(uid, id, List.of())));
            slices.set(index, new SliceTargets(wanted.revision(), targets));
        }

        Map<Integer, Set<String>> owners() {
            Map<Integer, Set<String>> owners = new HashMap<>();
            slices.forEach(slice -> slice.targets()
                    .forEach(target -> owners.computeIfAbsent(target.id(), _ -> new LinkedHashSet<>())
                            .add(target.uid())));
            return owners;
        }
    }

    @Test
    void a_late_write_of_a_deposed_leader_names_nobody_whose_identifier_was_given_away() {
        TwoSlices api = new TwoSlices();
        Identifiers late = Identifiers.assign(api.slices, List.of("gone"), 1);
        api.write(0, late);
        // Its second write is under way while the next leader dies after its first one.
        api.write(0, Identifiers.assign(api.slices, List.of(), 1));
        Identifiers waiting = Identifiers.assign(api.slices, List.of("new"), 1);
        api.write(0, waiting);
        api.write(1, late);
        assertThat(api.owners()).containsExactly(Map.entry(0, Set.of("gone")));
        assertThat(waiting.recycling())
                .as("the new one is not told that all are taken")
                .isTrue();
        settle(api, Set.of("new"), 1);
        assertThat(api.owners()).containsExactly(Map.entry(0, Set.of("new")));
    }

    @Test
    void no_identifier_ever_has_two_owners_and_no_target_ever_changes_its_own() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random dice = new Random(seed);
        for (int round = 0; round < 200; round++) {
            TwoSlices api = new TwoSlices();
            Map<String, Integer> known = new HashMap<>();
            Set<String> alive = new LinkedHashSet<>();
            int capacity = 1 + dice.nextInt(8);
            for (int step = 0; step < 60; step++) {
                churn(alive, dice, round * 1_000 + step);
                Identifiers wanted = Identifiers.assign(api.slices, List.copyOf(alive), capacity);
                assertThat(wanted.owners().values()).as("seed %d", seed).doesNotHaveDuplicates();
                List<Integer> order = new ArrayList<>(List.of(0, 1));
                Collections.shuffle(order, dice);
                // The process may die before the first, between the two, or after both writes.
                for (int index : order.subList(0, dice.nextInt(3))) {
                    api.write(index, wanted);
                    assertThat(api.owners().values()).as("seed %d", seed).allMatch(owners -> owners.size() == 1);
                    known.keySet().retainAll(alive);
                    wanted.owners()
                            .forEach((uid, id) -> assertThat(known.merge(uid, id, (before, _) -> before))
                                    .as("identifier of %s, seed %d", uid, seed)
                                    .isEqualTo(id));
                }
            }
            settle(api, alive, capacity);
            assertThat(api.owners()).as("seed %d", seed).hasSize(Math.min(alive.size(), capacity));
        }
    }

    private static void churn(Set<String> alive, Random dice, int serial) {
        if (dice.nextBoolean()) {
            alive.add("pod-" + serial);
        }
        if (!alive.isEmpty() && dice.nextInt(3) == 0) {
            alive.remove(List.copyOf(alive).get(dice.nextInt(alive.size())));
        }
    }

    private static void settle(TwoSlices api, Set<String> alive, int capacity) {
        for (int i = 0; i < 2; i++) {
            Identifiers wanted = Identifiers.assign(api.slices, List.copyOf(alive), capacity);
            api.write(0, wanted);
            api.write(1, wanted);
        }
        Identifiers again = Identifiers.assign(api.slices, List.copyOf(alive), capacity);
        assertThat(again.revision())
                .as("a settled Service is not written again")
                .isEqualTo(api.slices.getFirst().revision());
    }
}
