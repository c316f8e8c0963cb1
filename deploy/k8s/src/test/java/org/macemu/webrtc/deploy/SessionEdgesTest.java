package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.deploy.Rendered.Pod;

/** The pattern of sessions' edges: what it shares with the release's own edges, its ports, and who reaches whom. */
class SessionEdgesTest {

    private static final String NAME = "mac-macemu-webrtc";
    private static final String BOTH = """
            access: {open: true}
            sessions: {enabled: true, max: 8, ports: {first: 30200, last: 30207}, edges: {enabled: true, firstPort: 8300}}
            edge: {enabled: true}
            """;

    private static Pod edge(Rendered rendered, String title) {
        return rendered.pods().stream()
                .filter(pod -> pod.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> callers(JsonNode policy) {
        Set<String> names = new TreeSet<>();
        policy.at("/spec/ingress/0/from/0/podSelector/matchExpressions/0/values").forEach(name -> names.add(name.asText()));
        return names;
    }

    private static ObjectNode policy(Rendered rendered, String component) {
        return rendered.get("NetworkPolicy", NAME + "-" + component);
    }

    /** A session's edge is the release's own edge but for its labels, its port and where its frames come from. */
    @Test
    void theyAreTheReleasesOwnEdgesElsewhere() throws Exception {
        Rendered rendered = Chart.render(BOTH).withPattern();
        Pod own = edge(rendered, "Deployment/" + NAME + "-edge");
        Pod pattern = edge(rendered, "Deployment/edge");
        assertEquals("8190", own.env("edge", "MACEMU_RTC_PORT"));
        assertEquals("8300", pattern.env("edge", "MACEMU_RTC_PORT"));
        assertEquals(NAME + "-sessions.macemu.svc:8010", pattern.env("edge", "MACEMU_EDGE_ORIGIN"));
        String same = own.spec()
                .toString()
                .replace("8190", "8300")
                .replace("\"" + NAME + "-media:8010\"", "\"" + NAME + "-sessions.macemu.svc:8010\"")
                .replace("component\":\"edge\"", "component\":\"session-edge\"");
        assertEquals(Chart.YAML.readTree(same), pattern.spec());
        assertEquals("session-edge", pattern.metadata().at("/labels/app.kubernetes.io~1component").asText());
        assertEquals(
                "edge",
                rendered.get("HorizontalPodAutoscaler", "edge")
                        .at("/spec/scaleTargetRef/name")
                        .asText());
    }

    @Test
    void eachMacLetsItsOwnKindOfEdgesIn() {
        Rendered rendered = Chart.render(BOTH);
        assertEquals(Set.of("signaling", "control", "test", "edge"), callers(policy(rendered, "mac")));
        assertEquals(Set.of("signaling", "control", "test", "session-edge"), callers(policy(rendered, "session")));
        JsonNode edges = policy(rendered, "session-edge");
        assertEquals(Set.of("signaling", "control", "test"), callers(edges));
        assertEquals(
                "session",
                edges.at("/spec/egress/1/to/0/podSelector/matchLabels/app.kubernetes.io~1component").asText());
        for (JsonNode port : edges.at("/spec/ingress/1/ports")) {
            assertEquals(8300, port.path("port").asInt());
            assertEquals(8307, port.path("endPort").asInt());
        }
        for (String component : List.of("signaling", "control")) {
            assertTrue(policy(rendered, component).path("spec").path("egress").toString().contains("session-edge"));
        }
    }

    @Test
    void atPodAddressesTheyHaveOnePort() {
        Rendered rendered = Chart.render("""
                access: {open: true}
                sessions: {enabled: true, edges: {enabled: true}}
                edge: {exposure: ClusterIP, rtcPort: 8191}
                """);
        for (JsonNode port : policy(rendered, "session-edge").at("/spec/ingress/1/ports")) {
            assertEquals(8191, port.path("port").asInt());
            assertFalse(port.has("endPort"));
        }
        assertEquals("8191", edge(rendered.withPattern(), "Deployment/edge").env("edge", "MACEMU_RTC_PORT"));
        Pod control = edge(rendered, "Deployment/" + NAME + "-control");
        assertEquals("0", control.env("control", "MACEMU_SESSIONS_EDGES_FIRST_PORT"));
        assertEquals("10", control.env("control", "MACEMU_SESSIONS_EDGES_MAX"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sessions: {enabled: true}", "edge: {enabled: true}"})
    void unaskedThereIsNothingOfThem(String values) {
        Rendered rendered = Chart.render("access: {open: true}\n" + values).withPattern();
        assertTrue(rendered.find("Deployment", "edge").isEmpty());
        assertTrue(rendered.find("NetworkPolicy", NAME + "-session-edge").isEmpty());
        assertFalse(rendered.objects().toString().contains("SESSIONS_EDGES"));
    }
}
