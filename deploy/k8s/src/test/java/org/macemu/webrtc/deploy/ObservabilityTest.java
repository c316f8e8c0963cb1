package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dashboard and alerts ask for figures that the services have. */
class ObservabilityTest {

    private static final String VALUES = """
            access: {open: true}
            monitoring:
              podMonitor: {enabled: true}
              prometheusRule: {enabled: true}
              dashboard: {enabled: true}
            """;

    private static final Pattern METRIC = Pattern.compile("\\bmacemu_[a-z0-9_]+");
    private static final Pattern LITERAL = Pattern.compile("\"(macemu[._][a-z0-9._]+)\"");

    private static Rendered rendered;

    @BeforeAll
    static void render() {
        rendered = Chart.render(VALUES);
    }

    /** Names of the services' meters as Prometheus has them, without the suffixes of unit and kind. */
    private static Set<String> meters() throws IOException {
        Set<String> names = new TreeSet<>();
        Path root = Chart.MODULE.resolve("../..").normalize();
        for (String service : List.of("media-service", "signaling-service", "control-service")) {
            try (Stream<Path> sources = Files.walk(root.resolve(service).resolve("src/main/java"))) {
                for (Path source : sources.filter(file -> file.toString().endsWith(".java"))
                        .toList()) {
                    Matcher matcher = LITERAL.matcher(Files.readString(source));
                    while (matcher.find()) {
                        names.add(matcher.group(1).replace('.', '_'));
                    }
                }
            }
        }
        return names;
    }

    private static Set<String> metersIn(String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = METRIC.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group().replaceFirst("(_seconds)?(_(total|bucket|count|sum|max))?$", ""));
        }
        return names;
    }

    @Test
    void dashboardAsksForMetersThatExist() throws IOException {
        JsonNode map = rendered.get("ConfigMap", "mac-macemu-webrtc-dashboard");
        JsonNode dashboard =
                Chart.YAML.readTree(map.path("data").path("macemu-webrtc.json").asText());
        Set<String> asked = new TreeSet<>();
        int targets = 0;
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                asked.addAll(metersIn(target.path("expr").asText()));
                targets++;
            }
        }
        assertTrue(targets >= 15, "Only " + targets + " queries");
        asked.removeAll(meters());
        assertEquals(Set.of(), asked, "asked for, and measured by no service");
    }

    @Test
    void alertsAskForMetersThatExistAndSayWhatToDo() throws IOException {
        JsonNode rules = rendered.get("PrometheusRule", "mac-macemu-webrtc")
                .path("spec")
                .path("groups")
                .path(0)
                .path("rules");
        assertFalse(rules.isEmpty());
        Set<String> existing = meters();
        for (JsonNode rule : rules) {
            String alert = rule.path("alert").asText();
            Set<String> asked = metersIn(rule.path("expr").asText());
            assertFalse(asked.isEmpty(), alert);
            assertTrue(existing.containsAll(asked), () -> alert + " asks for " + asked);
            assertTrue(rule.path("expr").asText().contains("{release=\"mac\",namespace=\"macemu\"}"), alert);
            assertFalse(rule.path("annotations").path("summary").asText().isBlank(), alert);
            assertFalse(rule.path("annotations").path("description").asText().isBlank(), alert);
            assertTrue(
                    Set.of("warning", "critical")
                            .contains(rule.path("labels").path("severity").asText()),
                    alert);
        }
    }

    /** The monitor's selector and port fit all three kinds of pods, and its labels are those the queries use. */
    @Test
    void podMonitorFindsEveryPod() {
        JsonNode spec = rendered.get("PodMonitor", "mac-macemu-webrtc").path("spec");
        JsonNode labels = spec.path("selector").path("matchLabels");
        List<Rendered.Pod> pods = rendered.pods().stream()
                .filter(pod -> !pod.title().startsWith("Pod/"))
                .toList();
        assertEquals(3, pods.size());
        for (Rendered.Pod pod : pods) {
            labels.properties()
                    .forEach(entry -> assertEquals(
                            entry.getValue(), pod.metadata().path("labels").path(entry.getKey()), pod.title()));
            assertTrue(
                    pod.containers().stream()
                            .anyMatch(container ->
                                    container.path("ports").toString().contains("\"name\":\"http\"")),
                    pod.title());
        }
        assertTrue(spec.toString().contains("\"targetLabel\":\"release\""));
    }
}
