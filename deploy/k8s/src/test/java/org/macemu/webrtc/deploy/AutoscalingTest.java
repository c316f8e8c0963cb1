package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Pods over time as the chart's autoscaler would have them, for audiences that come and go in different ways: figures
 * are half a minute old when the autoscaler sees them (scraped every 15 s, served by an adapter), a pod takes 20 s until
 * it takes viewers, and one that goes has its viewers moved. Each run is written to {@code target/autoscaling} as a
 * table with a line a minute.
 */
class AutoscalingTest {

    private static final int METRIC_AGE = 30;
    private static final int POD_START = 20;
    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;
    private static final Path OUTPUT = Chart.MODULE.resolve("target/autoscaling");

    /** The share of a core that a viewer takes on the shared lane, measured: see the README's figures. */
    private static final double CORES_PER_VIEWER = 0.0012;

    /**
     * What became of an audience.
     *
     * @param replicas asked for, second by second
     * @param waiting viewers that found no room, second by second
     */
    private record Run(int[] replicas, int[] waiting) {

        /** How often the number of pods stopped rising and fell, or the other way round. */
        int turns() {
            int turns = 0;
            int direction = 0;
            for (int i = 1; i < replicas.length; i++) {
                int step = Integer.signum(replicas[i] - replicas[i - 1]);
                if (step != 0 && direction != 0 && step != direction) {
                    turns++;
                }
                direction = step == 0 ? direction : step;
            }
            return turns;
        }

        int most() {
            return Arrays.stream(replicas).max().orElseThrow();
        }

        int longestWait() {
            int longest = 0;
            int now = 0;
            for (int viewers : waiting) {
                now = viewers > 0 ? now + 1 : 0;
                longest = Math.max(longest, now);
            }
            return longest;
        }
    }

    private static final class Pod {
        private final int readyAt;
        private int viewers;

        Pod(int readyAt) {
            this.readyAt = readyAt;
        }
    }

    private static JsonNode edge(String values) {
        return Chart.render("access: {open: true}\nedge: {enabled: true, " + values + "}")
                .get("HorizontalPodAutoscaler", "mac-macemu-webrtc-edge");
    }

    /** @param audience viewers that want to be there at each second */
    private static Run run(String name, String values, int seconds, IntUnaryOperator audience) throws IOException {
        Rendered rendered = Chart.render("access: {open: true}\nedge: {enabled: true, " + values + "}");
        Rendered.Pod template = rendered.pods().stream()
                .filter(pod -> pod.title().startsWith("Deployment/") && pod.title().endsWith("-edge"))
                .findFirst()
                .orElseThrow();
        int perEdge = Integer.parseInt(template.env("edge", "MACEMU_VIEWERS_MAX"));
        int atOrigin = 500;
        Autoscaler autoscaler = new Autoscaler(edge(values));
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < autoscaler.minReplicas(); i++) {
            pods.add(new Pod(-POD_START));
        }
        int[] replicas = new int[seconds];
        int[] waiting = new int[seconds];
        double[] sums = new double[seconds];
        int[] readies = new int[seconds];
        List<String> table = new ArrayList<>(List.of("minute,audience,pods,ready,viewers_per_pod,waiting"));
        for (int t = 0; t < seconds; t++) {
            int now = t;
            List<Pod> ready = pods.stream().filter(pod -> pod.readyAt <= now).toList();
            waiting[t] = place(ready, audience.applyAsInt(t), perEdge, atOrigin);
            sums[t] = ready.stream().mapToInt(pod -> pod.viewers).sum();
            readies[t] = ready.size();
            if (t % Autoscaler.SYNC_SECONDS == 0) {
                int seen = Math.max(0, t - METRIC_AGE);
                double stress = sums[seen] * Math.max(1.0 / perEdge, CORES_PER_VIEWER);
                int wanted = autoscaler.decide(t, pods.size(), sums[seen], stress, readies[seen]);
                while (pods.size() < wanted) {
                    pods.add(new Pod(t + POD_START));
                }
                while (pods.size() > wanted) {
                    // The newest goes: pods are not told apart by what they cost. Its viewers move to the others.
                    pods.removeLast();
                }
            }
            replicas[t] = pods.size();
            if (t % MINUTE == 0) {
                table.add(String.format(
                        Locale.ROOT,
                        "%d,%d,%d,%d,%.0f,%d",
                        t / MINUTE,
                        audience.applyAsInt(t),
                        pods.size(),
                        ready.size(),
                        ready.isEmpty() ? 0 : sums[t] / ready.size(),
                        waiting[t]));
            }
        }
        Files.createDirectories(OUTPUT);
        Files.write(OUTPUT.resolve(name + ".csv"), table);
        return new Run(replicas, waiting);
    }

    /** As signaling-service places viewers: the first 20 at the origin, the others evenly, the rest at the origin. */
    private static int place(List<Pod> ready, int audience, int perEdge, int atOrigin) {
        ready.forEach(pod -> pod.viewers = 0);
        int left = Math.max(0, audience - 20);
        List<Pod> order = new ArrayList<>(ready);
        order.sort(Comparator.comparingInt(pod -> pod.viewers));
        for (int i = 0; i < order.size(); i++) {
            int share = Math.min(perEdge, left / (order.size() - i));
            order.get(i).viewers = share;
            left -= share;
        }
        return Math.max(0, left - (atOrigin - 20));
    }

    /** A class of 30 that joins at once, and goes home together, changes nothing: one edge is enough. */
    @Test
    void aClassOf30() throws IOException {
        Run run = run("class-of-30", "", 2 * HOUR, t -> t > 5 * MINUTE && t < 50 * MINUTE ? 30 : 0);
        assertEquals(1, run.most());
        assertEquals(0, run.turns());
        assertEquals(0, run.longestWait());
    }

    /** A museum: from ten to six, two humps, up to 1,200 visitors, each minute a little other than the one before. */
    @Test
    void aMuseumsDay() throws IOException {
        Random noise = new Random(7);
        int[] jitter = noise.ints(12L * MINUTE, -50, 51).toArray();
        Run run = run("museum", "", 12 * HOUR, t -> {
            double hour = t / (double) HOUR;
            double humps = 1_200 * Math.exp(-Math.pow((hour - 3.5) / 1.1, 2))
                    + 1_000 * Math.exp(-Math.pow((hour - 7.5) / 1.2, 2));
            return (int) Math.max(0, humps * (1 + jitter[t / MINUTE % jitter.length] / 1000.0));
        });
        assertTrue(run.most() >= 5 && run.most() <= 6, () -> run.most() + " pods");
        assertTrue(run.turns() <= 3, () -> run.turns() + " turns for two humps");
        assertEquals(0, run.longestWait());
        assertEquals(1, run.replicas()[12 * HOUR - 1], "in the evening everything is put away");
    }

    /** A link that many people share: 20,000 within ten minutes, who lose interest within two hours. */
    @Test
    void aViralLink() throws IOException {
        Run run = run("viral", "autoscaling: {minReplicas: 2, maxReplicas: 120}", 8 * HOUR, t -> {
            int start = 10 * MINUTE;
            if (t < start) {
                return 5;
            }
            int ramp = Math.min(10 * MINUTE, t - start);
            double gone = Math.max(0, t - start - 30 * MINUTE) / (40.0 * MINUTE);
            return (int) (20_000 * (ramp / (10.0 * MINUTE)) * Math.exp(-gone));
        });
        assertTrue(run.most() >= 64 && run.most() <= 90, () -> run.most() + " pods");
        assertEquals(1, run.turns(), "up once, down once");
        assertTrue(run.longestWait() <= 4 * MINUTE, () -> "somebody waited for " + run.longestWait() + " s");
        assertTrue(run.waiting()[15 * MINUTE] == 0, "five minutes after the link nobody waits");
        assertEquals(2, run.replicas()[8 * HOUR - 1]);
    }

    /** An audience that breathes around the target neither adds nor removes pods in turn. */
    @Test
    void anAudienceThatBreathes() throws IOException {
        Run small = run("breathes-8-percent", "", 3 * HOUR, t -> 600 + (int) (48 * Math.sin(t / 60.0)));
        Run large = run("breathes-40-percent", "", 3 * HOUR, t -> 600 + (int) (240 * Math.sin(t / 120.0)));
        assertEquals(0, small.turns());
        assertEquals(0, large.turns(), "fewer are enough for six minutes at a time: too short to let one go");
    }
}
