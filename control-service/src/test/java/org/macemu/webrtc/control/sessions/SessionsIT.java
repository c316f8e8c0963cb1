package org.macemu.webrtc.control.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessTokens;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.control.testing.Await;
import org.macemu.webrtc.control.testing.MediaAddress;
import org.macemu.webrtc.control.testing.RestClient;
import org.macemu.webrtc.control.testing.ScriptedMedia;
import org.macemu.webrtc.testing.Closer;
import org.macemu.webrtc.testing.ServiceProcess;

/** The packaged service with sessions, against an API server in memory: the REST API, tokens, and idleness. */
class SessionsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SESSIONS = "/api/v1/sessions";

    @AutoClose
    private final Closer closer = new Closer();

    private final TestCluster cluster = closer.register(new TestCluster());
    private final int mediaPort = MediaAddress.freePort();
    private RestClient rest;

    private void service(String... more) throws Exception {
        int port = MediaAddress.freePort();
        List<String> properties = new ArrayList<>(List.of(
                "-Dquarkus.http.port=" + port,
                "-Dmacemu.media.port=" + MediaAddress.freePort(),
                "-Dmacemu.sessions.enabled=true",
                "-Dmacemu.sessions.template=" + cluster.patternFolder(),
                "-Dmacemu.sessions.namespace=" + TestCluster.NAMESPACE,
                "-Dmacemu.sessions.release=mac",
                "-Dmacemu.sessions.media-port=" + mediaPort,
                "-Dmacemu.sessions.idle-check=200ms",
                "-Dquarkus.kubernetes-client.api-server-url=http://127.0.0.1:" + cluster.port() + "/"));
        properties.addAll(List.of(more));
        closer.register(ServiceProcess.start(properties.toArray(String[]::new))).awaitOutput("Listening on");
        rest = new RestClient(port);
    }

    private void awaitSessions(String... headers) throws InterruptedException {
        Await.until("sessions are known", () -> rest.get(SESSIONS, headers).statusCode() == 200);
    }

    private JsonNode send(int status, String method, String path, String body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
        all.addAll(List.of(headers));
        HttpResponse<String> response = rest.send(method, path, body, all.toArray(String[]::new));
        assertEquals(status, response.statusCode(), () -> method + " " + path + ": " + response.body());
        JsonNode answer = JSON.readTree(response.body());
        if (status >= 400) {
            assertEquals(
                    "application/problem+json",
                    response.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", ""));
        }
        return answer;
    }

    private void awaitState(String name, String state) throws InterruptedException {
        Await.until(name + " is " + state, () -> state.equals(
                JSON.readTree(rest.get(SESSIONS + "/" + name).body()).path("state").asText()));
    }

    @Test
    void aMacsLife() throws Exception {
        service();
        awaitSessions();
        HttpResponse<String> made = rest.send(
                "POST", SESSIONS, "{\"name\":\"ada\",\"title\":\"Ada's Mac\"}", "Content-Type", "application/json");
        assertEquals(201, made.statusCode(), made.body());
        assertTrue(made.headers().firstValue("Location").orElse("").endsWith("/api/v1/sessions/ada"));
        assertEquals("starting", JSON.readTree(made.body()).path("state").asText());
        assertEquals("session-exists", kind(send(409, "POST", SESSIONS, "{\"name\":\"ada\"}")));
        awaitState("ada", "running");
        assertEquals("ada", send(200, "GET", SESSIONS, null).path("sessions").path(0).path("name").asText());
        send(202, "POST", SESSIONS + "/ada/suspend", "{}");
        awaitState("ada", "suspended");
        JsonNode visit = send(202, "POST", SESSIONS + "/ada/visits", "{}");
        assertEquals("starting", visit.path("session").path("state").asText());
        assertEquals("/signaling", visit.path("connection").path("signalingPath").asText());
        awaitState("ada", "running");
        send(200, "POST", SESSIONS + "/ada/visits", "{}");
        send(202, "POST", SESSIONS + "/ada/stop", "{}");
        awaitState("ada", "stopped");
        send(202, "POST", SESSIONS + "/ada/resume", "{}");
        awaitState("ada", "running");
        assertEquals("invalid-request", kind(send(400, "DELETE", SESSIONS + "/ada?disks=perhaps", null)));
        send(202, "DELETE", SESSIONS + "/ada?disks=delete", null);
        Await.until("it is gone", () -> cluster.set("ada").isEmpty());
        assertEquals("session-unknown", kind(send(404, "GET", SESSIONS + "/ada", null)));
    }

    @Test
    void aMacWithEdgesOfItsOwn() throws Exception {
        service("-Dmacemu.sessions.edges.max=2", "-Dmacemu.sessions.edges.first-port=8200");
        awaitSessions();
        JsonNode refused = send(400, "POST", SESSIONS, "{\"name\":\"ada\",\"edges\":3}");
        assertTrue(refused.path("detail").asText().contains("0 to 2 are expected"), refused::toString);
        assertEquals(2, send(201, "POST", SESSIONS, "{\"name\":\"ada\",\"edges\":2}").path("edges").asInt());
        Await.until("its edges are made", () -> cluster.admin
                        .apps()
                        .deployments()
                        .inNamespace(TestCluster.NAMESPACE)
                        .withName("mac-macemu-webrtc-s-ada-edge")
                        .get()
                != null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | /api/v1/sessions             | [1]            | 400 | invalid-request
            POST   | /api/v1/sessions             | {"name":"A"}   | 400 | invalid-request
            POST   | /api/v1/sessions             | {"name":"mac"} | 409 | session-exists
            POST   | /api/v1/sessions/nobody/stop | {}             | 404 | session-unknown
            PATCH  | /api/v1/sessions             | {}             | 405 | method-not-allowed
            GET    | /api/v1/sessions/ada/visits  |                | 405 | method-not-allowed
            """)
    void badRequests(String method, String path, String body, int status, String kind) throws Exception {
        service();
        awaitSessions();
        assertEquals(kind, kind(send(status, method, path, body)));
    }

    private static String kind(JsonNode problem) {
        return problem.path("type").asText().replace("urn:macemu:problem:", "");
    }

    /** The media-service of the pod says how many watch; the pod is this machine. */
    @Test
    void nobodyWatchingSuspendsAfterAWhile() throws Exception {
        ScriptedMedia media = closer.register(ScriptedMedia.start(mediaPort))
                .status(SessionStatus.newBuilder().setViewers(1).build());
        service("-Dmacemu.sessions.idle-timeout=2s");
        cluster.podsStayPending();
        awaitSessions();
        send(201, "POST", SESSIONS, "{\"name\":\"ada\"}");
        String pod = "mac-macemu-webrtc-s-ada-0";
        Await.until("its pod is made", () -> cluster.pods(pod).get() != null);
        PodStatus status = new PodStatus();
        status.setPhase("Running");
        status.setPodIP("127.0.0.1");
        status.setConditions(List.of(
                new PodConditionBuilder().withType("Ready").withStatus("True").build()));
        cluster.status(pod, status);
        awaitState("ada", "running");
        // What is asked about her Mac is asked of its pod; this server's own media-service is not there.
        send(503, "GET", "/api/v1/status", null);
        assertEquals(1, send(200, "GET", "/api/v1/status?session=ada", null).path("viewers").asInt());
        send(404, "GET", "/api/v1/status?session=nobody", null);
        // Each 200 ms: for longer than nobody may watch.
        int asked = media.calls().size();
        Await.until("how many watch is asked for", () -> media.calls().size() > asked + 15);
        awaitState("ada", "running");
        media.status(SessionStatus.newBuilder().setViewers(0).build());
        awaitState("ada", "suspended");
        assertEquals("session-not-running", kind(send(409, "GET", "/api/v1/status?session=ada", null)));
    }

    @Test
    void tokensAreForOneSessionOrForAll(@TempDir Path folder) throws Exception {
        Path keys = Files.writeString(folder.resolve("access.key"), "q".repeat(43) + "\n");
        service("-Dmacemu.access.key-file=" + keys);
        AccessTokens tokens = new AccessTokens(keys, "mac");
        Duration hour = Duration.ofHours(1);
        String admin = "Bearer " + tokens.issue(AccessRole.OWNER, "", hour);
        String guest = "Bearer " + tokens.issue("ada", AccessRole.GUEST, "", hour);
        String owner = "Bearer " + tokens.issue("ada", AccessRole.OWNER, "", hour);
        String stranger = "Bearer " + tokens.issue("ben", AccessRole.OWNER, "", hour);
        awaitSessions("Authorization", admin);
        send(201, "POST", SESSIONS, "{\"name\":\"ada\"}", "Authorization", admin);
        for (String foreign : List.of(guest, owner, stranger)) {
            send(401, "GET", SESSIONS, null, "Authorization", foreign);
            send(401, "DELETE", SESSIONS + "/ada", null, "Authorization", foreign);
        }
        send(401, "GET", SESSIONS + "/ada", null, "Authorization", stranger);
        send(200, "GET", SESSIONS + "/ada", null, "Authorization", guest);
        send(403, "POST", SESSIONS + "/ada/suspend", "{}", "Authorization", guest);
        send(202, "POST", SESSIONS + "/ada/suspend", "{}", "Authorization", owner);
        JsonNode link = send(
                200, "POST", "/api/v1/invitations", "{\"role\":\"guest\",\"session\":\"ada\"}", "Authorization", admin);
        assertTrue(link.path("link").asText().contains("/?session=ada&token="), link::toString);
        String invited = "Bearer " + link.path("token").asText();
        send(200, "GET", SESSIONS + "/ada", null, "Authorization", invited);
        send(401, "GET", "/api/v1/status", null, "Authorization", invited);
        // The token of one session opens another's Mac nowhere, and makes no invitations.
        send(401, "GET", "/api/v1/config?session=ada", null, "Authorization", stranger);
        send(403, "GET", "/api/v1/config?session=ada", null, "Authorization", guest);
        send(401, "GET", "/api/v1/config", null, "Authorization", owner);
        send(401, "POST", "/api/v1/invitations?session=ada", "{\"role\":\"owner\"}", "Authorization", owner);
        send(202, "DELETE", SESSIONS + "/ada", null, "Authorization", admin);
    }
}
