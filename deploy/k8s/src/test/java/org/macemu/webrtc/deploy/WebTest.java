package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.deploy.Rendered.Pod;

/** Page and signalling: routes, WebSockets that last, and who may talk to whom. */
class WebTest {

    private static final String OPEN = "access: {open: true}\n";

    private static Pod pod(Rendered rendered, String component) {
        return rendered.pods().stream()
                .filter(pod -> pod.title().equals("Deployment/mac-macemu-webrtc-" + component))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ingressKeepsWebSocketsOpenAndThePageKnowsTheirAddress() {
        Rendered rendered = Chart.render(
                OPEN + "ingress: {enabled: true, host: mac.example.org, className: nginx, tlsSecret: tls}");
        JsonNode ingress = rendered.get("Ingress", "mac-macemu-webrtc-web");
        for (String direction : List.of("read", "send")) {
            String key = "nginx.ingress.kubernetes.io/proxy-" + direction + "-timeout";
            assertTrue(ingress.path("metadata").path("annotations").path(key).asInt() >= 3600, key);
        }
        JsonNode paths = ingress.path("spec").path("rules").path(0).path("http").path("paths");
        assertEquals("/signaling", paths.path(0).path("path").asText());
        assertEquals(
                "wss://mac.example.org/signaling", pod(rendered, "control").env("control", "MACEMU_SIGNALING_URL"));
    }

    @Test
    void withoutACertificateThePageOpensAPlainWebSocket() {
        Rendered rendered = Chart.render(OPEN + "ingress: {enabled: true, host: mac.example.org}");
        assertEquals("ws://mac.example.org/signaling", pod(rendered, "control").env("control", "MACEMU_SIGNALING_URL"));
        Rendered behind = Chart.render(OPEN + "ingress: {enabled: true, host: mac.example.org, tls: true}");
        assertEquals("wss://mac.example.org/signaling", pod(behind, "control").env("control", "MACEMU_SIGNALING_URL"));
    }

    @Test
    void routeHasNoTimeoutForSignalling() {
        Rendered rendered =
                Chart.render(OPEN + "httpRoute: {enabled: true, host: mac.example.org, parentRef: {name: gw}}");
        JsonNode rules =
                rendered.get("HTTPRoute", "mac-macemu-webrtc-web").path("spec").path("rules");
        assertEquals(
                "/signaling",
                rules.path(0).path("matches").path(0).path("path").path("value").asText());
        assertEquals("0s", rules.path(0).path("timeouts").path("request").asText());
        assertEquals("0s", rules.path(0).path("timeouts").path("backendRequest").asText());
        assertFalse(rules.path(1).has("timeouts"));
        assertEquals(
                "wss://mac.example.org/signaling", pod(rendered, "control").env("control", "MACEMU_SIGNALING_URL"));
    }

    @Test
    void withoutARouteThePageIsToldSignallingsPort() {
        Pod cluster = pod(Chart.render(OPEN + "signaling: {service: {port: 9090}}"), "control");
        assertEquals("9090", cluster.env("control", "MACEMU_SIGNALING_PORT"));
        Pod node = pod(Chart.render(OPEN + "signaling: {service: {type: NodePort, nodePort: 30890}}"), "control");
        assertEquals("30890", node.env("control", "MACEMU_SIGNALING_PORT"));
        assertEquals("", node.env("control", "MACEMU_SIGNALING_URL"));
    }

    /** gRPC has no password: the policy is what keeps it to the release's own services. */
    @Test
    void onlyTheReleasesOwnServicesReachTheMediaServicesGrpc() {
        JsonNode spec =
                Chart.render(OPEN).get("NetworkPolicy", "mac-macemu-webrtc-mac").path("spec");
        assertEquals("[\"Ingress\",\"Egress\"]", spec.path("policyTypes").toString());
        JsonNode grpc = spec.path("ingress").path(0);
        assertEquals(8010, grpc.path("ports").path(0).path("port").asInt());
        assertEquals(1, grpc.path("from").size(), "Prometheus is let in only where it is switched on");
        assertEquals(
                Chart.RELEASE,
                grpc.path("from")
                        .path(0)
                        .path("podSelector")
                        .path("matchLabels")
                        .path("app.kubernetes.io/instance")
                        .asText());
        assertEquals("[]", spec.path("egress").toString(), "the Mac calls nobody");
    }

    @Test
    void edgesInTheirNodesNetworksReachItFromThoseAlone() {
        String edges = OPEN + "edge: {enabled: true, exposure: HostNetwork}\nnetworkPolicy: {nodeCidrs: [10.1.0.0/16]}";
        JsonNode from = Chart.render(edges)
                .get("NetworkPolicy", "mac-macemu-webrtc-mac")
                .path("spec")
                .path("ingress")
                .path(0)
                .path("from");
        assertEquals(2, from.size());
        assertEquals(
                "10.1.0.0/16", from.path(1).path("ipBlock").path("cidr").asText());
    }

    @Test
    void viewersNetworksAreKept() {
        Rendered rendered = Chart.render(OPEN + "networkPolicy: {viewerCidrs: [192.0.2.0/24]}");
        JsonNode media = rendered.get("NetworkPolicy", "mac-macemu-webrtc-mac")
                .path("spec")
                .path("ingress")
                .path(1);
        assertEquals(
                "192.0.2.0/24",
                media.path("from").path(0).path("ipBlock").path("cidr").asText());
        assertEquals(2, media.path("ports").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"signaling", "control"})
    void aNamedIngressNamespaceIsTheOnlyWayIn(String component) {
        Rendered rendered =
                Chart.render(OPEN + "networkPolicy: {ingressNamespaceLabels: {kubernetes.io/metadata.name: edge}}");
        JsonNode spec =
                rendered.get("NetworkPolicy", "mac-macemu-webrtc-" + component).path("spec");
        JsonNode from = spec.path("ingress").path(0).path("from");
        assertEquals(
                "edge",
                from.path(0)
                        .path("namespaceSelector")
                        .path("matchLabels")
                        .path("kubernetes.io/metadata.name")
                        .asText());
        assertEquals(2, from.size(), "besides, the release's own test");
        assertEquals(1, spec.path("ingress").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"signaling", "control"})
    void aBudgetNeedsASecondReplica(String component) {
        String name = "mac-macemu-webrtc-" + component;
        assertTrue(Chart.render(OPEN).find("PodDisruptionBudget", name).isEmpty());
        JsonNode budget = Chart.render(OPEN + component + ": {replicas: 2}").get("PodDisruptionBudget", name);
        assertEquals(1, budget.path("spec").path("maxUnavailable").asInt());
    }

    /** An open Mac is said so to the services, which refuse a public address otherwise. */
    @ParameterizedTest
    @ValueSource(strings = {"signaling", "control"})
    void servicesAreToldThatTheMacIsOpenAndWhereItIs(String component) {
        Rendered rendered = Chart.render(OPEN);
        Pod pod = pod(rendered, component);
        assertEquals("true", pod.env(component, "MACEMU_INSECURE_BIND"));
        String host = pod.env(component, "MACEMU_MEDIA_HOST");
        assertEquals(
                pod.env(component, "MACEMU_MEDIA_PORT"),
                rendered.get("Service", host)
                        .path("spec")
                        .path("ports")
                        .path(0)
                        .path("port")
                        .asText());
        assertTrue(pod.env(component, "QUARKUS_HTTP_HOST").contains("status.podIP"));
    }
}
