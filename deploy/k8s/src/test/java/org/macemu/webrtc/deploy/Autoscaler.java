package org.macemu.webrtc.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The arithmetic of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2) over the object that the chart renders, as its
 * documentation describes it: per metric ceil(replicas x average / target) beyond a tolerance of a tenth, the greatest of
 * the metrics, stabilisation windows, and the policies' limits per period. Pods that are not ready yet count as idle when
 * more are asked for.
 */
final class Autoscaler {

    /** --horizontal-pod-autoscaler-sync-period, the controller's default. */
    static final int SYNC_SECONDS = 15;

    /** --horizontal-pod-autoscaler-tolerance, the controller's default. */
    private static final double TOLERANCE = 0.1;

    private record Recommendation(int second, int replicas) {}

    private record Change(int second, int by) {}

    private final int min;
    private final int max;
    private final double targetViewers;
    private final double targetStress;
    private final JsonNode up;
    private final JsonNode down;
    private final Deque<Recommendation> recommendations = new ArrayDeque<>();
    private final List<Change> changes = new ArrayList<>();

    Autoscaler(JsonNode hpa) {
        JsonNode spec = hpa.path("spec");
        this.min = spec.path("minReplicas").asInt();
        this.max = spec.path("maxReplicas").asInt();
        this.targetViewers = target(spec, "macemu_viewers");
        this.targetStress = target(spec, "macemu_stress");
        this.up = spec.path("behavior").path("scaleUp");
        this.down = spec.path("behavior").path("scaleDown");
    }

    private static double target(JsonNode spec, String metric) {
        for (JsonNode entry : spec.path("metrics")) {
            JsonNode pods = entry.path("pods");
            if (pods.path("metric").path("name").asText().equals(metric)) {
                String value = pods.path("target").path("averageValue").asText();
                return value.endsWith("m")
                        ? Double.parseDouble(value.substring(0, value.length() - 1)) / 1000
                        : Double.parseDouble(value);
            }
        }
        throw new AssertionError("The autoscaler asks for no " + metric);
    }

    int minReplicas() {
        return min;
    }

    /**
     * One round of the controller.
     *
     * @param replicas asked for now
     * @param viewers sum over the ready pods, as last scraped
     * @param stress likewise
     * @param ready pods with figures
     */
    int decide(int second, int replicas, double viewers, double stress, int ready) {
        int wanted = Math.max(
                wanted(replicas, viewers, ready, targetViewers), wanted(replicas, stress, ready, targetStress));
        wanted = Math.clamp(wanted, min, max);
        int stable = stabilised(second, replicas, wanted);
        int limited = stable > replicas
                ? Math.min(stable, upLimit(second, replicas))
                : Math.max(stable, downLimit(second, replicas));
        if (limited != replicas) {
            changes.add(new Change(second, limited - replicas));
        }
        return limited;
    }

    private static int wanted(int replicas, double sum, int ready, double target) {
        if (ready == 0) {
            return replicas;
        }
        double ratio = sum / ready / target;
        if (Math.abs(ratio - 1) <= TOLERANCE) {
            return replicas;
        }
        if (ratio > 1 && ready < replicas) {
            // Those on the way count as idle: if that turns the answer round, nothing is done.
            double diluted = sum / replicas / target;
            return diluted <= 1 + TOLERANCE ? replicas : (int) Math.ceil(replicas * diluted);
        }
        return (int) Math.ceil(ready * ratio);
    }

    /** The highest recommendation of the down window, the lowest of the up window, whichever way it goes. */
    private int stabilised(int second, int replicas, int wanted) {
        recommendations.add(new Recommendation(second, wanted));
        int window = down.path("stabilizationWindowSeconds").asInt();
        while (recommendations.peek().second() < second - window) {
            recommendations.remove();
        }
        if (wanted >= replicas) {
            return up.path("stabilizationWindowSeconds").asInt() == 0 ? wanted : replicas;
        }
        int highest = recommendations.stream().mapToInt(Recommendation::replicas).max().orElse(wanted);
        return Math.min(replicas, highest);
    }

    private int upLimit(int second, int replicas) {
        int limit = replicas;
        for (JsonNode policy : up.path("policies")) {
            int start = replicas - changed(second, policy.path("periodSeconds").asInt(), 1);
            double value = policy.path("value").asDouble();
            limit = Math.max(limit, policy.path("type").asText().equals("Pods")
                    ? start + (int) value
                    : (int) Math.ceil(start * (1 + value / 100)));
        }
        return limit;
    }

    private int downLimit(int second, int replicas) {
        int limit = replicas;
        for (JsonNode policy : down.path("policies")) {
            int start = replicas + changed(second, policy.path("periodSeconds").asInt(), -1);
            double value = policy.path("value").asDouble();
            limit = Math.min(limit, policy.path("type").asText().equals("Pods")
                    ? start - (int) value
                    : (int) Math.floor(start * (1 - value / 100)));
        }
        return limit;
    }

    /** Replicas added (1) or removed (-1) within the last seconds. */
    private int changed(int second, int period, int direction) {
        return changes.stream()
                .filter(change -> change.second() > second - period && Integer.signum(change.by()) == direction)
                .mapToInt(change -> Math.abs(change.by()))
                .sum();
    }
}
