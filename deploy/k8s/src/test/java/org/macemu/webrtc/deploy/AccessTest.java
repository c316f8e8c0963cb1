package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.deploy.Rendered.Pod;

/** Keys of tokens, certificates of the services, and rights at the Kubernetes API. */
class AccessTest {

    private static final String NAME = "mac-macemu-webrtc";

    private static Pod pod(Rendered rendered, String title) {
        return rendered.pods().stream()
                .filter(pod -> pod.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode volume(Pod pod, String name) {
        for (JsonNode volume : pod.spec().path("volumes")) {
            if (volume.path("name").asText().equals(name)) {
                return volume;
            }
        }
        throw new AssertionError(pod.title() + " has no volume " + name);
    }

    /** A key of 32 random bytes, another one each time. */
    @ParameterizedTest
    @ValueSource(strings = {"signaling", "control"})
    void withoutAWordEverybodyIsAskedForAToken(String component) {
        Rendered rendered = Chart.render("");
        Pod pod = pod(rendered, "Deployment/" + NAME + "-" + component);
        assertEquals("/etc/macemu/access/access.key", pod.env(component, "MACEMU_ACCESS_KEY_FILE"));
        assertEquals("mac", pod.env(component, "MACEMU_ACCESS_SESSION"));
        assertEquals("", pod.env(component, "MACEMU_INSECURE_BIND"));
        assertEquals(
                NAME + "-access",
                volume(pod, "access").path("secret").path("secretName").asText());
        JsonNode secret = rendered.get("Secret", NAME + "-access");
        String key = secret.path("data").path("access.key").asText();
        String file = new String(Base64.getDecoder().decode(key), StandardCharsets.US_ASCII);
        assertEquals(32, Base64.getDecoder().decode(file).length);
        assertFalse(
                key.equals(Chart.render("")
                        .get("Secret", NAME + "-access")
                        .path("data")
                        .path("access.key")
                        .asText()),
                "the same key for everybody is no key");
    }

    @Test
    void aSecretOfOnesOwnIsUsedAndNoneIsMade() {
        Rendered rendered = Chart.render("access: {existingSecret: mine, key: keys}");
        assertTrue(rendered.ofKind("Secret").findAny().isEmpty());
        Pod pod = pod(rendered, "Deployment/" + NAME + "-control");
        assertEquals("/etc/macemu/access/keys", pod.env("control", "MACEMU_ACCESS_KEY_FILE"));
        assertEquals("mine", volume(pod, "access").path("secret").path("secretName").asText());
    }

    @Test
    void anOpenMacHasNoKeys() {
        Rendered rendered = Chart.render("access: {open: true}");
        assertTrue(rendered.ofKind("Secret").findAny().isEmpty());
        assertEquals("true", pod(rendered, "Deployment/" + NAME + "-control").env("control", "MACEMU_INSECURE_BIND"));
    }

    /** Every media-service serves TLS, every caller uses it, and the certificate is of the names they call. */
    @Test
    void withTlsEveryCallIsToThePortForItAndToANameOfTheCertificate() {
        Rendered rendered = Chart.render("""
                grpcTls: {enabled: true, issuer: {name: ca}}
                sessions: {enabled: true, edges: {enabled: true}}
                edge: {enabled: true, exposure: ClusterIP}
                """).withPattern();
        JsonNode certificate = rendered.get("Certificate", NAME + "-grpc").path("spec");
        Set<String> names = new TreeSet<>();
        certificate.path("dnsNames").forEach(name -> names.add(name.asText()));
        String secret = certificate.path("secretName").asText();
        for (Pod pod : rendered.pods()) {
            if (!pod.title().startsWith("Pod/")) {
                assertEquals(
                        secret, volume(pod, "tls").path("secret").path("secretName").asText(), pod.title());
            }
        }
        for (String component : List.of("signaling", "control")) {
            Pod caller = pod(rendered, "Deployment/" + NAME + "-" + component);
            assertEquals("8011", caller.env(component, "MACEMU_MEDIA_PORT"));
            assertEquals("8011", caller.env(component, "MACEMU_SESSIONS_MEDIA_PORT"));
            assertEquals("/etc/macemu/tls", caller.env(component, "MACEMU_MEDIA_TLS_FOLDER"));
            assertTrue(names.contains(caller.env(component, "MACEMU_MEDIA_HOST")), names::toString);
            assertTrue(
                    names.contains("*." + caller.env(component, "MACEMU_SESSIONS_SERVICE") + "." + Chart.NAMESPACE + ".svc"),
                    names::toString);
        }
        for (String title : List.of("StatefulSet/" + NAME + "-mac", "StatefulSet/" + NAME + "-s-")) {
            assertEquals("prod,mtls", pod(rendered, title).env("media", "QUARKUS_PROFILE"), title);
        }
        Pod edge = pod(rendered, "Deployment/" + NAME + "-edge");
        assertEquals("prod,mtls", edge.env("edge", "QUARKUS_PROFILE"));
        assertEquals(NAME + "-media:8011", edge.env("edge", "MACEMU_EDGE_ORIGIN"));
        String edges = NAME + "-edge." + Chart.NAMESPACE + ".svc";
        assertEquals(
                edges + ":8011",
                pod(rendered, "Deployment/" + NAME + "-signaling").env("signaling", "MACEMU_PLACEMENT_EDGES"));
        assertTrue(names.contains("*." + edges), names::toString);
        // The name of the Mac's pod comes before it.
        Pod sessionEdge = pod(rendered, "Deployment/edge");
        assertEquals("prod,mtls", sessionEdge.env("edge", "QUARKUS_PROFILE"));
        String macs = NAME + "-sessions." + Chart.NAMESPACE + ".svc";
        assertEquals(macs + ":8011", sessionEdge.env("edge", "MACEMU_EDGE_ORIGIN"));
        assertTrue(names.contains("*." + macs), names::toString);
    }

    @Test
    void withoutIssuerTheChartMakesACertificate() {
        JsonNode data = Chart.render("grpcTls: {enabled: true}").get("Secret", NAME + "-grpc").path("data");
        for (String key : List.of("tls.crt", "tls.key", "ca.crt")) {
            String pem = new String(Base64.getDecoder().decode(data.path(key).asText()), StandardCharsets.US_ASCII);
            assertTrue(pem.startsWith("-----BEGIN "), key);
        }
    }

    /** Nobody has rights unless a feature needs them, and then these. */
    @Test
    void rightsAreAsSmallAsTheFeatures() {
        Rendered plain = Chart.render("access: {open: true}");
        assertTrue(plain.ofKind("Role").findAny().isEmpty());
        assertTrue(plain.ofKind("RoleBinding").findAny().isEmpty());
        String fixed = "edge: {enabled: true, autoscaling: {enabled: false}}";
        assertTrue(Chart.render(fixed).ofKind("Role").findAny().isEmpty());
        String any = "edge: {enabled: true, autoscaling: {deletionCost: false}}";
        assertTrue(Chart.render(any).ofKind("Role").findAny().isEmpty());
        Rendered sessions = Chart.render("sessions: {enabled: true}");
        JsonNode control = sessions.get("Role", NAME + "-control");
        assertEquals(
                "[\"events\",\"persistentvolumeclaims\",\"pods\",\"services\",\"statefulsets\"]", resources(control));
        for (JsonNode rule : control.path("rules")) {
            assertFalse(rule.toString().contains("\"*\""), rule::toString);
            assertFalse(rule.toString().contains("secrets"), rule::toString);
        }
        assertEquals("[\"endpointslices\"]", resources(sessions.get("Role", NAME + "-signaling")));
        assertEquals(
                "[\"get\",\"list\",\"watch\"]",
                sessions.get("Role", NAME + "-signaling").path("rules").path(0).path("verbs").toString());
        assertFalse(pod(sessions.withPattern(), "StatefulSet/" + NAME + "-s-")
                .spec()
                .path("automountServiceAccountToken")
                .asBoolean(true));
    }

    /** Which edge goes first is said by the control-service, who may not change what a pod runs. */
    @Test
    void edgesThatComeAndGoNeedOneRight() {
        Rendered edges = Chart.render("edge: {enabled: true}");
        assertTrue(edges.ofKind("Role").allMatch(role -> role.at("/metadata/name").asText().equals(NAME + "-control")));
        JsonNode rules = edges.get("Role", NAME + "-control").path("rules");
        assertEquals(2, rules.size(), rules::toString);
        assertEquals("[\"get\",\"list\",\"watch\"]", rules.path(0).path("verbs").toString());
        assertEquals("[\"pods\"]", rules.path(0).path("resources").toString());
        assertEquals("[\"patch\"]", rules.path(1).path("verbs").toString());
        assertEquals("[\"pods/status\"]", rules.path(1).path("resources").toString());
        assertTrue(pod(edges, "Deployment/" + NAME + "-control")
                .spec()
                .path("automountServiceAccountToken")
                .asBoolean());
        assertFalse(pod(edges, "Deployment/" + NAME + "-signaling")
                .spec()
                .path("automountServiceAccountToken")
                .asBoolean(true));
        assertTrue(edges.get("NetworkPolicy", NAME + "-control").toString().contains("6443"));
        assertFalse(edges.get("NetworkPolicy", NAME + "-signaling").toString().contains("6443"));
        String both = resources(Chart.render("edge: {enabled: true}\nsessions: {enabled: true}")
                .get("Role", NAME + "-control"));
        assertTrue(both.contains("pods/status") && both.contains("statefulsets"), both);
    }

    /** Edges of sessions are made and removed by the control-service; nothing that is there is changed. */
    @Test
    void edgesOfSessionsNeedTheRightToMakeThem() {
        Rendered sessions = Chart.render("""
                sessions: {enabled: true, edges: {enabled: true}}
                edge: {autoscaling: {deletionCost: false}}
                """);
        JsonNode control = sessions.get("Role", NAME + "-control");
        assertEquals(
                "[\"deployments\",\"events\",\"horizontalpodautoscalers\",\"persistentvolumeclaims\","
                        + "\"poddisruptionbudgets\",\"pods\",\"services\",\"statefulsets\"]",
                resources(control));
        for (JsonNode rule : control.path("rules")) {
            boolean ofEdges = rule.toString().matches(".*(deployments|autoscalers|budgets).*");
            assertFalse(ofEdges && rule.path("verbs").toString().matches(".*(update|patch).*"), rule::toString);
        }
        assertEquals("[\"endpointslices\"]", resources(sessions.get("Role", NAME + "-signaling")));
        assertTrue(resources(Chart.render("sessions: {enabled: true, edges: {enabled: true}}")
                        .get("Role", NAME + "-control"))
                .contains("pods/status"));
    }

    private static String resources(JsonNode role) {
        Set<String> names = new TreeSet<>();
        role.path("rules").forEach(rule -> rule.path("resources").forEach(name -> names.add("\"" + name.asText() + "\"")));
        return names.toString().replace(", ", ",");
    }
}
