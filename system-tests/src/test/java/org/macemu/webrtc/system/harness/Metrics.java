package org.macemu.webrtc.system.harness;

import java.util.ArrayList;
import java.util.List;

/** A reading of a service's figures in Prometheus' text format. */
public final class Metrics {

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
            samples.add(new Sample(line.substring(0, nameEnd), labels, Double.parseDouble(
                    value.equals("+Inf") ? "Infinity" : value)));
        }
        return new Metrics(samples);
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
}
