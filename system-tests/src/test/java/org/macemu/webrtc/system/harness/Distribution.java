package org.macemu.webrtc.system.harness;

import java.util.Collection;

/** Measured values, sorted. */
public record Distribution(double[] sorted) {

    public static Distribution of(Collection<Double> values) {
        return new Distribution(
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray());
    }

    public int count() {
        return sorted.length;
    }

    public double median() {
        return percentile(50);
    }

    /** NaN when there are no values. */
    public double percentile(int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }
}
