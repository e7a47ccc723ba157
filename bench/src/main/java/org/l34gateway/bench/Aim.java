// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bench;

import org.jspecify.annotations.Nullable;

/**
 * What a figure is and what is wanted of its median, or of each run.
 *
 * @param figure its name
 * @param meaning for a human, with the unit if it has one
 * @param bound null when nothing is wanted: the figure explains another one
 */
public record Aim(String figure, String meaning, @Nullable Bound bound) {
    /** Which side of a number is good. */
    public enum Side {
        AT_MOST("≤"),
        AT_LEAST("≥");

        private final String sign;

        Side(String sign) {
            this.sign = sign;
        }

        private boolean holds(double value, double than) {
            return this == AT_MOST ? value <= than : value >= than;
        }
    }

    /**
     * What is wanted.
     *
     * @param must more or less is a defect
     * @param stretch what would be excellent
     * @param always whether each run must be so, not only the median
     */
    public record Bound(Side side, double must, double stretch, boolean always) {
        /** {@code ≤ 1.15 (1)}. */
        @Override
        public String toString() {
            return side.sign + " " + number(must) + (must == stretch ? "" : " (" + number(stretch) + ")");
        }

        private String verdict(Figure figure) {
            double judged = always ? worst(figure) : figure.median();
            if (side.holds(judged, stretch)) {
                return "yes";
            }
            return side.holds(judged, must) ? "yes, not the stretch" : "no";
        }

        private double worst(Figure figure) {
            return side == Side.AT_MOST ? figure.max() : figure.min();
        }
    }

    /** A figure that explains others. */
    public static Aim none(String figure, String meaning) {
        return new Aim(figure, meaning, null);
    }

    /** A figure that should be small. */
    public static Aim atMost(String figure, double must, double stretch, String meaning) {
        return new Aim(figure, meaning, new Bound(Side.AT_MOST, must, stretch, false));
    }

    /** A count that should be 0 in each run. */
    public static Aim never(String figure, String meaning) {
        return new Aim(figure, meaning, new Bound(Side.AT_MOST, 0, 0, true));
    }

    /** A figure that should be large. */
    public static Aim atLeast(String figure, double must, double stretch, String meaning) {
        return new Aim(figure, meaning, new Bound(Side.AT_LEAST, must, stretch, false));
    }

    /** What is wanted, in words. */
    String wanted() {
        return bound == null ? "" : bound.toString();
    }

    /** Whether a figure is as wanted, in words. */
    String verdict(Figure figure) {
        return bound == null ? "" : bound.verdict(figure);
    }

    /** With no more digits than it needs. */
    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
