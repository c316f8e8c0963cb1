package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.macemu.webrtc.system.harness.Product.Part;

/** An edge of a product's media-service: the same program in a process of its own, without an emulator. */
public final class Edge implements AutoCloseable {

    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(5);

    private final int port;
    private final int rtcPort = FreePorts.next();
    private final ServiceProcess process;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param port of its gRPC, chosen before the product was started, whose signaling-service knows it by this
     * @param originPort of the origin's gRPC
     */
    public Edge(String name, int port, int originPort, Path logs) {
        this.port = port;
        Map<String, String> environment = new HashMap<>();
        environment.put("MACEMU_EDGE_ORIGIN", "127.0.0.1:" + originPort);
        environment.put("MACEMU_EDGE_NAME", name);
        environment.put("MACEMU_MEDIA_PORT", Integer.toString(port));
        environment.put("MACEMU_RTC_PORT", Integer.toString(rtcPort));
        environment.put("MALLOC_ARENA_MAX", "2");
        process = Product.service(Part.MEDIA, name, environment, logs);
    }

    public ServiceProcess process() {
        return process;
    }

    /** Where its viewers' media comes from. */
    public String media() {
        return "127.0.0.1:" + rtcPort;
    }

    /** Starts it and waits until it takes viewers and has its origin. */
    public Edge start() {
        process.start();
        Await.until(process.name() + " is ready", Product.START, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("it has ended");
            }
            try {
                return get("/q/health/ready").statusCode() != 200
                        ? "not ready"
                        : metrics().sum("macemu_origin_connected") == 1 ? null : "no origin";
            } catch (IOException e) {
                return "no answer: " + e;
            }
        }, process::logTail);
        return this;
    }

    /** Its figures as they are now. */
    public Metrics metrics() throws IOException {
        return Metrics.parse(get("/q/metrics").body());
    }

    /** Viewers whose connection is open or being made. */
    public int viewers() {
        try {
            return (int) metrics().sum("macemu_viewers");
        } catch (IOException e) {
            throw new AssertionError("No figures" + process.logTail(), e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(HTTP_TIMEOUT)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
        http.close();
    }
}
