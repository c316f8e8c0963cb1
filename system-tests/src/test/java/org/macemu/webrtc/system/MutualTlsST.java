package org.macemu.webrtc.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.macemu.webrtc.system.harness.Await;
import org.macemu.webrtc.system.harness.FreePorts;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.Product.Part;
import org.macemu.webrtc.system.harness.ServiceProcess;

/**
 * gRPC between real services with certificates of a real authority, made by {@code openssl} as an operator would: who
 * has one is served, who has none, one of another authority, or calls another name, is not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutualTlsST {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Product product = Product.of(MutualTlsST.class, Map.of());
    private final int tlsPort = FreePorts.next();
    private final Path certificates = product.folder().resolve("certificates");

    @BeforeAll
    void start() throws Exception {
        authority("ours");
        authority("theirs");
        certificate("ours", "media", "DNS:localhost");
        certificate("ours", "caller", "DNS:caller");
        certificate("theirs", "stranger", "DNS:caller");
        Map<String, String> media = product.environment(Part.MEDIA);
        media.put("QUARKUS_PROFILE", "prod,mtls");
        media.put("MACEMU_TLS_FOLDER", certificates.resolve("media").toString());
        media.put("MACEMU_MEDIA_TLS_PORT", Integer.toString(tlsPort));
        run(Part.MEDIA, "media", media);
        awaitHealthy(product.port(Part.MEDIA));
    }

    @AfterAll
    void stop() {
        product.close();
    }

    private void run(Part part, String label, Map<String, String> environment) {
        product.owns(Product.service(part, label, environment, product.logs())).start();
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(certificates.resolve(name));
    }

    private void authority(String name) throws Exception {
        Path folder = folder(name);
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=" + name, "-keyout", "ca.key", "-out", "ca.crt");
    }

    /** A folder as a secret of cert-manager: tls.crt, tls.key, ca.crt. */
    private void certificate(String authority, String name, String subject) throws Exception {
        Path folder = folder(name);
        Path signer = folder(authority);
        Files.writeString(
                folder.resolve("extensions"),
                "subjectAltName=" + subject + "\nextendedKeyUsage=serverAuth,clientAuth\n");
        openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=" + name, "-keyout", "tls.key", "-out", "request");
        openssl(folder, "x509", "-req", "-in", "request", "-CA", signer.resolve("ca.crt").toString(),
                "-CAkey", signer.resolve("ca.key").toString(), "-CAcreateserial", "-days", "2",
                "-extfile", "extensions", "-out", "tls.crt");
        Files.copy(signer.resolve("ca.crt"), folder.resolve("ca.crt"));
    }

    private static void openssl(Path folder, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "openssl";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0, () -> List.of(command) + output);
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void awaitHealthy(int port) {
        Await.until(
                "port " + port + " is ready",
                LIMIT,
                () -> {
                    try {
                        HttpResponse<String> answer = get(port, "/q/health/ready");
                        return answer.statusCode() == 200 ? null : answer.body();
                    } catch (Exception e) {
                        return e.toString();
                    }
                },
                () -> "");
    }

    private Map<String, String> caller(Part part, String host, int port, String folder) {
        Map<String, String> environment = new HashMap<>(product.environment(part));
        environment.put("MACEMU_MEDIA_HOST", host);
        environment.put("MACEMU_MEDIA_PORT", Integer.toString(port));
        if (folder != null) {
            environment.put("MACEMU_MEDIA_TLS_FOLDER", certificates.resolve(folder).toString());
        }
        return environment;
    }

    /** What a control-service called in this way says about the Mac: the HTTP status. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            with its certificate       | localhost | true  | caller   | 200 | "viewers":0
            by a name of nobody's      | 127.0.0.1 | true  | caller   | 503 | media-unavailable
            with a stranger's          | localhost | true  | stranger | 503 | media-unavailable
            in plain text, TLS port    | localhost | true  |          | 503 | media-unavailable
            in plain text, plain port  | localhost | false |          | 502 | certificate
            """)
    void whoIsServed(String how, String host, boolean tls, String folder, int status, String words) throws Exception {
        Map<String, String> environment =
                caller(Part.CONTROL, host, tls ? tlsPort : product.port(Part.MEDIA), folder);
        int port = FreePorts.next();
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        try (ServiceProcess control =
                Product.service(Part.CONTROL, "control " + how, environment, product.logs())) {
            control.start();
            awaitHealthy(port);
            HttpResponse<String> answer = get(port, "/api/v1/status");
            assertEquals(status, answer.statusCode(), () -> how + ": " + answer.body());
            assertTrue(answer.body().replace(" ", "").contains(words), () -> how + ": " + answer.body());
        }
    }

    /** An edge shows its own certificate to its origin. */
    @ParameterizedTest
    @CsvSource({"caller, 1", "stranger, 0"})
    void anEdgeIsServedByItsOrigin(String folder, int connected) throws Exception {
        int port = FreePorts.next();
        Map<String, String> environment = Map.of(
                "QUARKUS_PROFILE", "prod,mtls",
                "MACEMU_EDGE_ORIGIN", "localhost:" + tlsPort,
                "MACEMU_TLS_FOLDER", certificates.resolve(folder).toString(),
                "MACEMU_MEDIA_PORT", Integer.toString(port),
                "MACEMU_MEDIA_TLS_PORT", Integer.toString(FreePorts.next()),
                "MACEMU_RTC_PORT", Integer.toString(FreePorts.next()));
        try (ServiceProcess edge = Product.service(Part.MEDIA, "edge " + folder, environment, product.logs())) {
            edge.start();
            awaitHealthy(port);
            if (connected == 0) {
                edge.awaitLog("is away", LIMIT);
                // Several attempts go by.
                Thread.sleep(2_000);
            }
            Await.until("the edge's origin is " + connected, LIMIT, () -> {
                String figures = get(port, "/q/metrics").body();
                return figures.contains("macemu_origin_connected " + connected + ".0") ? null : "it is not";
            }, edge::logTail);
        }
    }

    @Test
    void aBrowserIsWelcomedThroughTls() throws Exception {
        run(Part.SIGNALING, "signaling", caller(Part.SIGNALING, "localhost", tlsPort, "caller"));
        awaitHealthy(product.port(Part.SIGNALING));
        CompletableFuture<String> first = new CompletableFuture<>();
        WebSocket socket = HTTP.newWebSocketBuilder()
                .header("Origin", "http://127.0.0.1:" + product.port(Part.CONTROL))
                .buildAsync(product.signaling(), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                        first.complete(data.toString());
                        return null;
                    }
                })
                .get(10, TimeUnit.SECONDS);
        assertTrue(first.get(10, TimeUnit.SECONDS).contains("\"type\":\"welcome\""), () -> first.getNow(""));
        socket.abort();
    }
}
