package org.macemu.webrtc.deploy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong values are refused before anything is rendered, in words that name the value. */
class ValuesTest {

    /** Helm's message, in one line. */
    private static String refusal(String values, String kubernetes) {
        return assertThrows(
                        IllegalStateException.class,
                        () -> Chart.template(values, Chart.RELEASE, Chart.NAMESPACE, kubernetes),
                        () -> "Rendered in spite of " + values)
                .getMessage()
                .replaceAll("\\s+", " ");
    }

    /** Refused by the schema: the path of the value, and a piece of the reason. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            typo: 1                                             | (root)            | typo
            mac: {screne: {}}                                   | mac               | screne
            mac: {screen: {width: 640, height: 480, depth: 8}}  | mac.screen        | depth
            mac: {screen: {width: wide, height: 480}}           | mac.screen.width  | integer
            mac: {screen: {width: 10, height: 480}}             | mac.screen.width  | 64
            mac: {rom: ../../etc/passwd}                        | mac.rom           | pattern
            mac: {rom: ..}                                      | mac.rom           |
            mac: {disks: {size: plenty}}                        | mac.disks.size    | pattern
            mac: {disks: {accessMode: ReadWriteMany}}           | mac.disks.accessMode | one of
            mac: {resources: {limits: {cpu: "1"}}, nativeSidecar: maybe} | mac.nativeSidecar | boolean
            mac: {terminationGracePeriodSeconds: 0}             | mac.terminationGracePeriodSeconds | 10
            mac: {image: {tag: latest}}                         | mac.image.tag     |
            images: {tag: latest}                               | images.tag        |
            images: {pullPolicy: Sometimes}                     | images.pullPolicy | one of
            images: {registry: "https://registry.example.org"}  | images.registry   | pattern
            media: {image: {digest: sha256:abc}}                | media.image.digest | pattern
            media: {video: {bitrate: 0}}                        | media.video.bitrate | 50
            media: {viewers: {max: 0}}                          | media.viewers.max | 1
            media: {env: {lower-case: "1"}}                     | (root)            | lower-case
            media: {env: {MACEMU_AUDIO_BITRATE: 128}}           | media.env.MACEMU_AUDIO_BITRATE | string
            rtc: {exposure: Ingress}                            | rtc.exposure      | one of
            rtc: {port: 80}                                     | rtc.port          | 1,024
            rtc: {advertise: ["192.0.2.1:8189"]}                | rtc.advertise.0   | pattern
            rtc: {advertise: ["http://mac.example.org"]}        | rtc.advertise.0   | pattern
            rtc: {advertise: 192.0.2.1}                         | rtc.advertise     | array
            turn: {urls: ["turn.example.org"]}                  | turn.urls.0       | pattern
            signaling: {replicas: 0}                            | signaling.replicas | 1
            signaling: {service: {type: ExternalName}}          | signaling.service.type | one of
            control: {service: {nodePort: 80}}                  | control.service.nodePort | 30,000
            control: {tolerations: [{key: a, opertor: Exists}]} | control.tolerations.0 | opertor
            ingress: {host: "https://mac.example.org/"}         | ingress.host      | pattern
            networkPolicy: {viewerCidrs: [everyone]}            | networkPolicy.viewerCidrs.0 | pattern
            access: {open: "yes"}                               | access.open       | boolean
            access: {session: Mac One}                          | access.session    | pattern
            mac: {replicas: 2}                                  | mac.replicas      | 1
            sessions: {idleTimeout: sometimes}                  | sessions.idleTimeout | pattern
            sessions: {ports: {first: 80}}                      | sessions.ports.first | 1,024
            edge: {exposure: NodePort}                          | edge.exposure     | one of
            sessions: {edges: {max: 0}}                         | sessions.edges.max | 1
            sessions: {edges: {firstPort: 80}}                  | sessions.edges.firstPort | 1,024
            sessions: {edges: {count: 3}}                       | sessions.edges    | count
            edge: {autoscaling: {targetStressPercent: 100}}     | edge.autoscaling.targetStressPercent | 95
            turn: {sharedSecret: {validity: long}}              | turn.sharedSecret.validity | pattern
            grpcTls: {issuer: {kind: Authority}}                | grpcTls.issuer.kind | one of
            access: {allowedOrigins: [mac.example.org]}         | access.allowedOrigins.0 | pattern
            monitoring: {podMonitor: {interval: often}}         | monitoring.podMonitor.interval | pattern
            """)
    void schema(String values, String path, String reason) {
        String message = refusal(values, Chart.KUBERNETES);
        String slashed = "/" + path.replace('.', '/');
        assertTrue(
                path.equals("(root)") || message.contains(path) || message.contains(slashed),
                () -> "Does not name " + path + ": " + message);
        assertTrue(reason == null || message.contains(reason), () -> "Does not say " + reason + ": " + message);
    }

    /** Refused by the templates, because values do not go together. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            access: {open: true, existingSecret: mine}                 | Leave one of the two out
            grpcTls: {existingSecret: mine}                            | grpcTls.enabled is false
            'grpcTls: {enabled: true, existingSecret: a, issuer: {name: b}}' | are both set
            rtc: {exposure: HostPort, port: 8011}                      | another part of the product listens on
            'turn: {urls: ["turn:t.example:3478"], existingSecret: t, sharedSecret: {existingSecret: u}}' | both set
            turn: {sharedSecret: {existingSecret: t}}                  | names no TURN server
            sessions: {enabled: true, max: 200}                        | each Mac needs a port of its own
            sessions: {enabled: true, ports: {first: 9000, last: 9100}} | nodes open ports 30000 to 32767 only
            sessions: {enabled: true, ports: {first: 30100, last: 30200}} | is one of them
            edge: {enabled: true, autoscaling: {minReplicas: 9, maxReplicas: 3}} | more than maxReplicas
            edge: {enabled: true, maxViewers: 100}                     | edges would be full
            'sessions: {enabled: true, edges: {enabled: true}}\nedge: {maxViewers: 100}' | edges would be full
            sessions: {edges: {enabled: true}}                         | sessions.enabled is false
            'sessions: {enabled: true, edges: {enabled: true}}\nrtc: {exposure: ClusterIP}' | follows from its Mac's
            sessions: {enabled: true, edges: {enabled: true, firstPort: 65500}} | ports end at 65535
            sessions: {enabled: true, edges: {enabled: true, firstPort: 30150}} | a node may have both
            sessions: {enabled: true, edges: {enabled: true, firstPort: 8000}} | and 8010, which another part
            'sessions: {enabled: true, edges: {enabled: true, firstPort: 8100}}\nedge: {enabled: true}' | and 8190,
            'sessions: {enabled: true, edges: {enabled: true, firstPort: 8150}}\nrtc: {exposure: HostPort}' | and 8189,
            'edge: {enabled: true, rtcPort: 8189}\nrtc: {exposure: HostPort}' | the Mac's own port
            edge: {enabled: true, exposure: HostNetwork}               | would not let in
            rtc: {port: 8189}                                          | nodes open ports 30000 to 32767 only
            rtc: {exposure: HostPort, port: 8010}                      | another part of the product listens on
            rtc: {exposure: HostPort, port: 8090}                      | another part of the product listens on
            rtc: {exposure: LoadBalancer}                              | Reserve an address
            rtc: {exposure: LoadBalancer, advertise: [127.0.0.1]}      | on its own machine
            rtc: {advertise: [0.0.0.0]}                                | no browser can send to
            rtc: {advertise: ['::']}                                   | no browser can send to
            rtc: {advertise: [169.254.1.1]}                            | no browser can send to
            rtc: {advertise: ['FE80::1']}                              | no browser can send to
            rtc: {service: {loadBalancerIP: 192.0.2.1}}                | set rtc.exposure=LoadBalancer
            media: {video: {bitrate: 5000}}                            | minBitrate 300, bitrate 5000, maxBitrate 4000
            media: {viewers: {max: 2, maxAdaptive: 3}}                 | more than media.viewers.max
            media: {viewers: {maxAdaptive: 3}}                         | a UDP port of its own
            mac: {screen: {width: 1920, height: 1200}}                 | greater than mac.maxScreen
            mac: {rom: Quadra.ROM}                                     | mac.roms.existingClaim
            'mac: {rom: Quadra.ROM}\\nsessions: {enabled: true}'       | mac.roms.existingClaim
            mac: {disks: {existingClaim: mine}}                        | mac.disks.enabled is false
            turn: {urls: ["turn:t.example:3478"]}                      | neither turn.sharedSecret.existingSecret
            turn: {urls: ["stun:t.example:3478"], existingSecret: t}   | names no TURN server
            ingress: {enabled: true}                                   | ingress.host is empty
            httpRoute: {enabled: true, host: mac.example.org}          | httpRoute.parentRef.name
            'ingress: {enabled: true, host: a.example}\\nhttpRoute: {enabled: true}' | choose one
            control: {service: {nodePort: 30080}}                      | control.service.type is ClusterIP
            signaling: {service: {type: NodePort}}                     | the page must be told the port
            """)
    void together(String values, String reason) {
        String all = (values.startsWith("access:") ? "" : "access: {open: true}\n") + values.replace("\\n", "\n");
        String message = refusal(all, Chart.KUBERNETES);
        assertTrue(message.contains(reason), () -> "Does not say " + reason + ": " + message);
    }

    @Test
    void nativeSidecarsNeedKubernetes129() {
        String message = refusal("access: {open: true}", "1.28.9");
        assertTrue(message.contains("v1.28.9") && message.contains("mac.nativeSidecar=false"), message);
        assertDoesNotThrow(() -> Chart.render("access: {open: true}", "1.29.0"));
        assertDoesNotThrow(() -> Chart.render("access: {open: true}", "1.29.4-gke.100"));
    }

    @Test
    void anUnreachablyOldClusterIsRefused() {
        assertTrue(refusal("access: {open: true}", "1.24.0").contains("1.24.0"));
    }

    /** Every object of the schema is closed: properties that it does not know are errors, at every depth. */
    @Test
    void schemaIsClosed() throws IOException {
        List<String> open = new ArrayList<>();
        findOpen(schemaJson(), "", open);
        assertEquals(List.of(), open);
    }

    private static void findOpen(JsonNode node, String path, List<String> open) {
        if (node.path("type").asText().equals("object")) {
            JsonNode additional = node.path("additionalProperties");
            boolean closed = additional.isBoolean() && !additional.asBoolean();
            boolean mapOfText = additional.path("type").asText().equals("string");
            if (!closed && !mapOfText) {
                open.add(path);
            }
        }
        node.properties().forEach(entry -> findOpen(entry.getValue(), path + "/" + entry.getKey(), open));
    }

    /** Schema and values.yaml know the same keys; each has a description. */
    @Test
    void schemaAndValuesAgree() throws IOException {
        JsonNode schema = schemaJson();
        JsonNode values =
                Chart.YAML.readTree(Chart.FOLDER.resolve("values.yaml").toFile());
        List<String> problems = new ArrayList<>();
        compare(schema, schema, values, "", problems);
        assertEquals(List.of(), problems);
    }

    private static void compare(JsonNode root, JsonNode schema, JsonNode values, String path, List<String> problems) {
        JsonNode resolved = resolve(root, schema);
        if (!resolved.has("description")) {
            problems.add(path + " has no description");
        }
        if (!resolved.has("properties") || !values.isObject()) {
            return;
        }
        Set<String> described = names(resolved.path("properties"));
        described.remove("global");
        Set<String> present = names(values);
        if (path.endsWith("/limits")) {
            present.add("cpu");
        }
        if (!described.equals(present)) {
            problems.add(path + ": schema has " + described + ", values.yaml has " + present);
        }
        resolved.path("properties")
                .properties()
                .forEach(entry -> compare(
                        root, entry.getValue(), values.path(entry.getKey()), path + "/" + entry.getKey(), problems));
    }

    private static JsonNode resolve(JsonNode root, JsonNode schema) {
        String ref = schema.path("$ref").asText();
        return ref.isEmpty() ? schema : root.at(ref.substring(1));
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode schemaJson() throws IOException {
        return Chart.YAML.readTree(Chart.FOLDER.resolve("values.schema.json").toFile());
    }
}
