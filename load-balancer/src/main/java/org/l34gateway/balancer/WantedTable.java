// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.l34gateway.balancer.Part.Elements;
import org.l34gateway.balancer.Part.Hook;
import org.l34gateway.balancer.Part.Rows;
import org.l34gateway.linux.nftables.Element;
import org.l34gateway.linux.nftables.Expression;
import org.l34gateway.linux.nftables.SetShape;
import org.l34gateway.linux.nftables.TableName;

/**
 * What one of our nftables tables should hold: the sum of its parts. It is kept from one program to the next, and knows what may
 * have changed since it was asked last, so that a change costs what it changes.
 */
final class WantedTable {
    private final TableName name;
    private final Map<Object, Part> parts = new HashMap<>();
    private final Shared<String, Hook> hooks = new Shared<>();
    private final Shared<String, List<List<Expression>>> chains = new Shared<>();
    private final Shared<String, Wanted> sets = new Shared<>();
    private final Shared<String, Numbers> numbers = new Shared<>();
    private final Shared<String, Boolean> counters = new Shared<>();
    private Scope touched = new Scope();
    /** Arrays that nobody else has seen yet. */
    private Set<String> fresh = new HashSet<>();

    WantedTable(TableName name) {
        this.name = name;
    }

    /** A set or a map. */
    private record Wanted(SetShape shape, Shared<Element, Boolean> entries) {}

    /** A map from numbers to rows of numbers. */
    static final class Numbers {
        private final SetShape shape;
        private final int rowLength;
        private int[] values = {};

        private Numbers(SetShape shape, int rowLength) {
            this.shape = shape;
            this.rowLength = rowLength;
        }

        SetShape shape() {
            return shape;
        }

        int rowLength() {
            return rowLength;
        }

        /** All rows, one behind the other; a row of zeros, or beyond the end, is no element. Not to be changed. */
        int[] values() {
            return values;
        }
    }

    TableName name() {
        return name;
    }

    /** A part comes, or another one comes in its place. */
    void put(Object key, Part part) {
        @Nullable Part before = parts.put(key, part);
        if (part.equals(before)) {
            return;
        }
        if (before != null) {
            takeAway(before);
        }
        part.hooks().forEach((hook, rules) -> {
            hooks.hold(hook, rules);
            touched.hooks().add(hook);
        });
        part.chains().forEach((chain, rules) -> {
            chains.hold(chain, rules);
            touched.chains().add(chain);
        });
        part.elements().forEach(this::add);
        part.rows().forEach(this::add);
        part.counters().forEach(counter -> {
            counters.hold(counter, true);
            touched.counters().add(counter);
        });
    }

    /** A part goes, if it is there. */
    void remove(Object key) {
        @Nullable Part part = parts.remove(key);
        if (part != null) {
            takeAway(part);
        }
    }

    private void takeAway(Part part) {
        part.hooks().keySet().forEach(hook -> {
            hooks.release(hook);
            touched.hooks().add(hook);
        });
        part.chains().keySet().forEach(chain -> {
            chains.release(chain);
            touched.chains().add(chain);
        });
        part.elements().forEach(this::takeAway);
        part.rows().forEach(this::takeAway);
        part.counters().forEach(counter -> {
            counters.release(counter);
            touched.counters().add(counter);
        });
    }

    private void add(Elements elements) {
        String set = elements.shape().name();
        sets.hold(set, new Wanted(elements.shape(), new Shared<>()));
        touched.set(set).addAll(elements.entries());
        entries(set, entries -> elements.entries().forEach(entry -> entries.hold(entry, true)));
    }

    private void takeAway(Elements elements) {
        String set = elements.shape().name();
        touched.set(set).addAll(elements.entries());
        entries(set, entries -> elements.entries().forEach(entries::release));
        sets.release(set);
    }

    private void entries(String set, Consumer<Shared<Element, Boolean>> work) {
        Wanted wanted = sets.get(set);
        if (wanted != null) {
            work.accept(wanted.entries());
        }
    }

    private void add(Rows rows) {
        numbers.hold(rows.shape().name(), new Numbers(rows.shape(), rows.rowLength()));
        change(rows, rows::writeTo);
    }

    private void takeAway(Rows rows) {
        change(rows, rows::clearIn);
        numbers.release(rows.shape().name());
    }

    private void change(Rows rows, Consumer<int[]> work) {
        String map = rows.shape().name();
        touched.numbers().add(map);
        Numbers whole = numbers.get(map);
        if (whole == null || rows.isEmpty()) {
            return;
        }
        if (whole.values.length == 0) {
            whole.values = new int[rows.size()];
            fresh.add(map);
        } else if (fresh.add(map)) {
            whole.values = whole.values.clone();
        }
        work.accept(whole.values);
    }

    /** What may have changed since this was asked before; everything at first. Arrays of numbers do not change any more. */
    Scope takeTouched() {
        Scope all = touched;
        touched = new Scope();
        fresh = new HashSet<>();
        return all;
    }

    @Nullable
    Hook hook(String hook) {
        return hooks.get(hook);
    }

    /** The rules of a chain that has no hook. */
    @Nullable
    List<List<Expression>> rules(String chain) {
        return chains.get(chain);
    }

    @Nullable
    SetShape shape(String set) {
        Wanted wanted = sets.get(set);
        return wanted == null ? null : wanted.shape();
    }

    boolean contains(String set, Element element) {
        Wanted wanted = sets.get(set);
        return wanted != null && wanted.entries().contains(element);
    }

    /** The elements of a set or a map; empty when there is none. */
    Set<Element> entries(String set) {
        Wanted wanted = sets.get(set);
        return wanted == null ? Set.of() : wanted.entries().keys();
    }

    @Nullable
    Numbers numbers(String map) {
        return numbers.get(map);
    }

    boolean counts(String counter) {
        return counters.contains(counter);
    }

    Set<String> hooks() {
        return hooks.keys();
    }

    Set<String> chains() {
        return chains.keys();
    }

    Set<String> sets() {
        return sets.keys();
    }

    Set<String> maps() {
        return numbers.keys();
    }

    Set<String> counters() {
        return counters.keys();
    }

    /** Whether only packets put elements into a set. */
    static boolean isFilledByPackets(SetShape shape) {
        return shape.flags().contains(SetShape.Flag.DYNAMIC);
    }
}
