package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart over a matrix of values: it renders, parses strictly, keeps the rules and fits together. */
class ChartTest {

    private static final String OPEN = "access: {open: true}\n";

    @TempDir
    private Path scratch;

    /**
     * @param name what differs
     * @param values on top of the chart's own
     * @param kubernetes version rendered for
     */
    record Case(String name, String values, String kubernetes) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>(List.of(
                of("defaults", ""),
                of("host port", "rtc: {exposure: HostPort}"),
                of("host network with the adaptive lane", """
                        rtc: {exposure: HostNetwork, port: 40000}
                        media: {viewers: {maxAdaptive: 4}}
                        """),
                of("cluster addresses and TURN", """
                        rtc: {exposure: ClusterIP}
                        media: {viewers: {max: 20, maxAdaptive: 2}}
                        turn: {urls: ["stun:t.example:3478", "turn:t.example:3478?transport=udp"], existingSecret: t}
                        """),
                of("load balancer, a Service for each protocol", """
                        rtc:
                          exposure: LoadBalancer
                          service:
                            split: true
                            loadBalancerIP: 192.0.2.7
                            loadBalancerClass: example.org/nlb
                            annotations: {metallb.io/allow-shared-ip: mac}
                        networkPolicy: {viewerCidrs: ["192.0.2.0/24", "2001:db8::/32"]}
                        """),
                of("load balancer with a name", """
                        rtc:
                          exposure: LoadBalancer
                          advertise: [media.example.org]
                          service: {externalTrafficPolicy: Cluster}
                        """),
                of("node port with two addresses", "rtc: {port: 31000, advertise: [192.0.2.1, '2001:db8::1']}"),
                of("images by digest from a registry", """
                        images: {registry: registry.example.org:5000/retro/, pullSecrets: [pull], pullPolicy: Always}
                        mac: {image: {digest: "sha256:%1$s"}}
                        media: {image: {digest: "sha256:%1$s", tag: "1.0"}}
                        """.formatted("0123456789abcdef".repeat(4))),
                of("ROM and disks", """
                        mac:
                          rom: Quadra 650.ROM
                          roms: {existingClaim: roms}
                          disks: {enabled: true, storageClassName: fast, accessMode: ReadWriteOnce}
                          screen: {width: 1024, height: 768}
                          maxScreen: {width: 3840, height: 2160}
                          protectFromEviction: true
                          terminationGracePeriodSeconds: 120
                        """),
                of("a claim of one's own", "mac: {disks: {enabled: true, existingClaim: mine}}"),
                of("replicas, placement and settings", """
                        signaling:
                          replicas: 3
                          env: {MACEMU_SIGNALING_MAX_BROWSERS: "50"}
                          nodeSelector: {kubernetes.io/arch: amd64}
                          tolerations: [{key: dedicated, operator: Equal, value: macs, effect: NoSchedule}]
                          priorityClassName: high
                          podLabels: {team: retro}
                          podAnnotations: {example.org/note: a note}
                        control:
                          replicas: 2
                          podAnnotations: {example.org/note: a note}
                        media: {env: {MACEMU_AUDIO_BITRATE: "128"}}
                        logging: {json: false}
                        """),
                of("no policies and no budgets", """
                        networkPolicy: {enabled: false}
                        podDisruptionBudget: {enabled: false}
                        signaling: {replicas: 2}
                        """),
                of("plain ingress", "ingress: {enabled: true, host: mac.example.org}"),
                of(
                        "route",
                        "httpRoute: {enabled: true, host: mac.example.org, parentRef: {name: gw, sectionName: https}}"),
                of("names of one's own", "fullnameOverride: a-mac-with-a-name-that-is-longer-than-forty-characters"),
                of("everything measured", """
                        monitoring:
                          podMonitor: {enabled: true, labels: {release: prometheus}}
                          prometheusRule: {enabled: true, labels: {release: prometheus}}
                          dashboard: {enabled: true}
                        """),
                new Case("keys that are made", "", Chart.KUBERNETES),
                new Case(
                        "keys of one's own, and certificates of cert-manager", """
                        access: {existingSecret: mine, key: keys}
                        grpcTls: {enabled: true, issuer: {name: ca, kind: ClusterIssuer}}
                        """, Chart.KUBERNETES),
                of("certificates that are made", "grpcTls: {enabled: true}"),
                of("certificates of one's own", "grpcTls: {enabled: true, existingSecret: mine}"),
                of("TURN with a shared secret", """
                        turn: {urls: ["turn:t.example:3478"], sharedSecret: {existingSecret: t, validity: 2h}}
                        """),
                of("sessions on node ports", """
                        sessions: {enabled: true}
                        mac: {replicas: 0, roms: {existingClaim: roms}, rom: Quadra.ROM}
                        """),
                of("sessions behind load balancers that take one protocol", """
                        sessions: {enabled: true, max: 5, ports: {first: 9000, last: 9010}}
                        grpcTls: {enabled: true}
                        rtc: {exposure: LoadBalancer, service: {split: true, loadBalancerIP: 192.0.2.7}}
                        networkPolicy: {apiServerCidrs: ["192.0.2.1/32"]}
                        """),
                of("sessions on host ports", "sessions: {enabled: true}\nrtc: {exposure: HostPort}"),
                of("sessions at pod addresses", "sessions: {enabled: true}\nrtc: {exposure: ClusterIP}"),
                of("sessions with edges on host ports, beside the release's own", """
                        sessions: {enabled: true, edges: {enabled: true, max: 3}}
                        edge: {enabled: true, exposure: HostPort, podLabels: {team: retro}}
                        monitoring: {podMonitor: {enabled: true}}
                        """),
                of("sessions with edges at pod addresses, as many as are asked for", """
                        sessions: {enabled: true, edges: {enabled: true}}
                        rtc: {exposure: ClusterIP}
                        edge: {exposure: ClusterIP, autoscaling: {enabled: false}}
                        grpcTls: {enabled: true}
                        """),
                of("sessions with edges in their nodes' networks, no policies and no budgets", """
                        sessions: {enabled: true, edges: {enabled: true}}
                        edge: {exposure: HostNetwork}
                        networkPolicy: {enabled: false}
                        podDisruptionBudget: {enabled: false}
                        """),
                of("edges in their nodes' networks, whose addresses are known", """
                        edge: {enabled: true, exposure: HostNetwork}
                        networkPolicy: {nodeCidrs: [10.1.0.0/16, "fd00:1::/64"]}
                        """),
                of("edges at pod addresses", """
                        edge: {enabled: true, exposure: ClusterIP}
                        grpcTls: {enabled: true}
                        """),
                of("edges on host ports, always three", """
                        edge: {enabled: true, exposure: HostPort, autoscaling: {enabled: false, minReplicas: 3}}
                        """),
                new Case("no native sidecar, old cluster", OPEN + "mac: {nativeSidecar: false}", "1.27.3")));
        try (Stream<Path> examples = Files.list(Chart.EXAMPLES)) {
            for (Path example : examples.sorted().toList()) {
                if (!example.getFileName().toString().equals("kind-cluster.yaml")) {
                    cases.add(
                            new Case("example " + example.getFileName(), Files.readString(example), Chart.KUBERNETES));
                }
            }
        }
        return cases.stream();
    }

    private static Case of(String name, String values) {
        return new Case(name, OPEN + values, Chart.KUBERNETES);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyObjectIsAsTheApiDescribesIt(Case c) {
        List<String> problems = new ArrayList<>();
        Rendered rendered = Chart.render(c.values(), c.kubernetes()).withPattern();
        rendered.objects().forEach(object -> StrictKinds.problem(object).ifPresent(problems::add));
        assertEquals(List.of(), problems);
        assertFalse(
                rendered.objects().size() < 10,
                () -> "Only " + rendered.objects().size() + " objects");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPodKeepsTheRules(Case c) {
        boolean hostNetwork = c.values().contains("exposure: HostNetwork");
        boolean hostPorts = hostNetwork || c.values().contains("exposure: HostPort");
        Rendered rendered = Chart.render(c.values(), c.kubernetes()).withPattern();
        assertEquals(List.of(), PodPolicy.broken(rendered, hostPorts, hostNetwork));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everythingFitsTogether(Case c) {
        Rendered rendered = Chart.render(c.values(), c.kubernetes()).withPattern();
        List<String> problems = new ArrayList<>();
        Set<String> titles = new HashSet<>();
        for (JsonNode object : rendered.objects()) {
            String title = Rendered.title(object);
            problem(problems, !titles.add(title), title + " is there twice");
            problem(
                    problems,
                    !object.path("metadata").path("namespace").asText().equals(Chart.NAMESPACE),
                    title + " names no namespace, or another");
            problem(problems, Rendered.name(object).length() > 63, title + " has too long a name");
        }
        checkSelectors(rendered, problems);
        checkReferences(rendered, problems);
        assertEquals(List.of(), problems);
    }

    /** Each selector of a Service, policy or budget finds exactly one kind of pod; each target port is one of its. */
    private static void checkSelectors(Rendered rendered, List<String> problems) {
        for (JsonNode object : rendered.objects()) {
            JsonNode spec = object.path("spec");
            JsonNode selector = switch (object.path("kind").asText()) {
                case "Service" -> spec.path("selector");
                case "NetworkPolicy" -> spec.path("podSelector").path("matchLabels");
                case "PodDisruptionBudget", "Deployment", "StatefulSet" ->
                    spec.path("selector").path("matchLabels");
                default -> null;
            };
            if (selector == null) {
                continue;
            }
            List<Rendered.Pod> selected = rendered.pods().stream()
                    .filter(pod -> matches(selector, pod.metadata().path("labels")))
                    .toList();
            problem(
                    problems,
                    selected.size() != 1,
                    Rendered.title(object) + " selects "
                            + selected.stream().map(Rendered.Pod::title).toList());
            if (object.path("kind").asText().equals("Service") && selected.size() == 1) {
                Set<String> ports = new HashSet<>();
                selected.getFirst()
                        .containers()
                        .forEach(container -> container
                                .path("ports")
                                .forEach(port -> ports.add(protocol(port)
                                        + port.path("containerPort").asInt())));
                for (JsonNode port : spec.path("ports")) {
                    String target = protocol(port) + port.path("targetPort").asInt();
                    problem(
                            problems,
                            !ports.contains(target),
                            Rendered.title(object) + " leads to " + target + ", and the pod listens on " + ports);
                }
            }
        }
    }

    /** Services of routes, service accounts and claims are there; mounts have a volume. */
    private static void checkReferences(Rendered rendered, List<String> problems) {
        for (JsonNode ingress : rendered.ofKind("Ingress").toList()) {
            for (JsonNode path :
                    ingress.path("spec").path("rules").path(0).path("http").path("paths")) {
                String service =
                        path.path("backend").path("service").path("name").asText();
                problem(
                        problems,
                        rendered.find("Service", service).isEmpty(),
                        "Ingress leads to no Service " + service);
            }
        }
        for (JsonNode route : rendered.ofKind("HTTPRoute").toList()) {
            for (JsonNode rule : route.path("spec").path("rules")) {
                String service = rule.path("backendRefs").path(0).path("name").asText();
                problem(
                        problems,
                        rendered.find("Service", service).isEmpty(),
                        "HTTPRoute leads to no Service " + service);
            }
        }
        for (Rendered.Pod pod : rendered.pods()) {
            String account = pod.spec().path("serviceAccountName").asText();
            problem(
                    problems,
                    rendered.find("ServiceAccount", account).isEmpty(),
                    pod.title() + " has no account " + account);
            Set<String> volumes = new HashSet<>();
            pod.spec()
                    .path("volumes")
                    .forEach(volume -> volumes.add(volume.path("name").asText()));
            Set<String> used = new HashSet<>();
            pod.containers()
                    .forEach(container -> container
                            .path("volumeMounts")
                            .forEach(mount -> used.add(mount.path("name").asText())));
            problem(problems, !volumes.equals(used), pod.title() + " has volumes " + volumes + " and mounts " + used);
        }
    }

    static Stream<Case> lintCases() throws IOException {
        return cases().filter(c -> c.name().equals("defaults") || c.name().startsWith("example"));
    }

    /** Lint renders for a Kubernetes of its own choice, and prints the chart's refusals of it as information. */
    @ParameterizedTest
    @MethodSource("lintCases")
    void lintIsClean(Case c) throws IOException {
        LintResult result = Chart.lint(c.values(), scratch);
        List<String> messages = result.getMessages().stream()
                .filter(message -> message.contains("[WARNING]") || message.contains("[ERROR]"))
                .toList();
        assertEquals(List.of(), messages);
        assertFalse(result.isFailed(), () -> String.join("\n", result.getMessages()));
    }

    private static String protocol(JsonNode port) {
        return port.path("protocol").asText("TCP") + " ";
    }

    private static boolean matches(JsonNode selector, JsonNode labels) {
        return selector.properties().stream().allMatch(entry -> entry.getValue().equals(labels.path(entry.getKey())));
    }

    private static void problem(List<String> problems, boolean present, String sentence) {
        if (present) {
            problems.add(sentence);
        }
    }
}
