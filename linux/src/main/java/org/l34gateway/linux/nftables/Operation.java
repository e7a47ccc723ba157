// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.List;
import java.util.stream.Collectors;

/** A part of a transaction that changes one table. Texts are for humans: one line, or one and more that are indented. */
public sealed interface Operation {
    /** The table comes, unless it is there. */
    record AddTable() implements Operation {
        @Override
        public String toString() {
            return "+ table";
        }
    }

    /** A chain comes, without rules. */
    record AddChain(String name) implements Operation {
        @Override
        public String toString() {
            return "+ chain " + name;
        }
    }

    /** A chain at a hook comes, without rules. */
    record AddHookedChain(HookedChain chain) implements Operation {
        @Override
        public String toString() {
            return "+ chain " + chain;
        }
    }

    /** All rules of a chain go. */
    record RemoveRules(String chain) implements Operation {
        @Override
        public String toString() {
            return "- rules of " + chain;
        }
    }

    /** A chain goes, which has no rules and to which nothing leads. */
    record RemoveChain(String name) implements Operation {
        @Override
        public String toString() {
            return "- chain " + name;
        }
    }

    /**
     * Rules come at the end of a chain.
     *
     * @param note what {@link TableReader.Chain#notes()} says of each of these rules later; may be empty
     */
    record AddRules(String chain, String note, List<List<Expression>> rules) implements Operation {
        public AddRules {
            rules = rules.stream().map(List::copyOf).toList();
        }

        @Override
        public String toString() {
            return "+ rules of " + chain
                    + rules.stream().map(rule -> "\n    " + text(rule)).collect(Collectors.joining());
        }
    }

    /** A set or map comes, without elements. */
    record AddSet(SetShape shape) implements Operation {
        @Override
        public String toString() {
            return "+ set " + shape;
        }
    }

    /** A set or map goes, into which no rule looks. */
    record RemoveSet(String name) implements Operation {
        @Override
        public String toString() {
            return "- set " + name;
        }
    }

    /** Elements come. One that is there with another value is refused. */
    record AddElements(String set, List<Element> elements) implements Operation {
        public AddElements {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return "+ elements of " + set
                    + elements.stream().map(each -> "\n    " + each).collect(Collectors.joining());
        }
    }

    /** Elements go. One that is not there is refused. */
    record RemoveElements(String set, List<Element> elements) implements Operation {
        public RemoveElements {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return "- elements of " + set
                    + elements.stream().map(each -> "\n    " + each.key()).collect(Collectors.joining());
        }
    }

    /** Numbers go and come. */
    record ChangeNumbers(NumberMap change) implements Operation {
        @Override
        public String toString() {
            return "± " + change;
        }
    }

    /** A counter comes that rules can name. */
    record AddCounter(String name) implements Operation {
        @Override
        public String toString() {
            return "+ counter " + name;
        }
    }

    /** A counter goes that no rule names. */
    record RemoveCounter(String name) implements Operation {
        @Override
        public String toString() {
            return "- counter " + name;
        }
    }

    /** A rule as one line. */
    static String text(List<Expression> rule) {
        return rule.stream().map(Expression::toString).collect(Collectors.joining("; "));
    }
}
