package org.macemu.webrtc.system.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A reading of a service's figures in Prometheus' text format. */
public final class Metrics {

    private static final Pattern BOUND = Pattern.compile("le=\"([^\"]+)\"");

    private record Sample(String name, String labels, double value) {}

    private final List<Sample> samples;

    private Metrics(List<Sample> samples) {
        this.samples = samples;
    }

    static Metrics parse(String text) {
        List<Sample> samples = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int brace = line.indexOf('{');
            int close = line.lastIndexOf('}');
            int nameEnd = brace >= 0 ? brace : line.indexOf(' ');
            String labels = brace >= 0 ? line.substring(brace + 1, close) : "";
            String value = line.substring(brace >= 0 ? close + 1 : nameEnd).strip().split(" ")[0];
            samples.add(new Sample(line.substring(0, nameEnd), labels, number(value)));
        }
        return new Metrics(samples);
    }

    private static double number(String text) {
        return Double.parseDouble(text.equals("+Inf") ? "Infinity" : text);
    }

    /** The sum of a figure over all of its labels. */
    public double sum(String name) {
        return sum(name, "");
    }

    /** The sum of a figure over those of its label sets that contain this text, such as {@code pixels="changed"}. */
    public double sum(String name, String label) {
        List<Sample> found = samples.stream()
                .filter(sample -> sample.name.equals(name) && sample.labels.contains(label))
                .toList();
        if (found.isEmpty()) {
            throw new AssertionError("No figure " + name + " with " + label + " among "
                    + samples.stream().map(Sample::name).filter(n -> n.startsWith("macemu")).distinct().toList());
        }
        return found.stream().mapToDouble(Sample::value).sum();
    }

    /**
     * A quantile of what was added to a histogram since an earlier reading, by linear interpolation within its bucket.
     *
     * @param quantile 0 to 1
     * @return in the histogram's unit; NaN when nothing was added
     */
    public double quantileSince(Metrics before, String histogram, double quantile) {
        Map<Double, Double> counts = buckets(histogram);
        Map<Double, Double> earlier = before.buckets(histogram);
        counts.replaceAll((bound, count) -> count - earlier.getOrDefault(bound, 0.0));
        double wanted = counts.values().stream().mapToDouble(Double::doubleValue).max().orElse(0) * quantile;
        double lower = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
            double count = bucket.getValue();
            if (count >= wanted && count > below) {
                return lower + (bucket.getKey() - lower) * (wanted - below) / (count - below);
            }
            lower = bucket.getKey();
            below = count;
        }
        return Double.NaN;
    }

    /** Cumulated counts by the buckets' upper bounds. */
    private Map<Double, Double> buckets(String histogram) {
        Map<Double, Double> counts = new TreeMap<>();
        for (Sample sample : samples) {
            Matcher bound = BOUND.matcher(sample.labels);
            if (sample.name.equals(histogram + "_bucket") && bound.find()) {
                counts.merge(number(bound.group(1)), sample.value, Double::sum);
            }
        }
        return counts;
    }
}
