package org.macemu.webrtc.system.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.synthetic.SyntheticOptions;

/**
 * The three packaged services as processes, on free ports and with shared-memory names of their own, so that any number
 * of products run beside each other. A test class owns one, and closes it; logs stay in {@code target/system-tests}.
 */
public final class Product implements AutoCloseable {

    /** Long enough for three JVMs that start together on two busy cores. */
    public static final Duration START = Duration.ofSeconds(180);

    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The services of the product. */
    public enum Part {
        MEDIA("media-service"),
        SIGNALING("signaling-service"),
        CONTROL("control-service");

        private final String module;

        Part(String module) {
            this.module = module;
        }

        /** The packaged application. */
        public Path jar() {
            return root().resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        }

        /** What the JVM needs of this service: nothing but the media path profits from the optimising compiler. */
        List<String> flags() {
            return this == MEDIA
                    ? List.of("-XX:+UseSerialGC", "-Xmx512m")
                    : List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1");
        }
    }

    private final String name;
    private final Path folder;
    private final Path logs;
    private final Map<Part, Integer> ports = new EnumMap<>(Part.class);
    private final Map<Part, ServiceProcess> services = new EnumMap<>(Part.class);
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final int rtcPort = FreePorts.next();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(HTTP_TIMEOUT).build();

    private Product(Class<?> test, Map<String, String> settings) throws IOException {
        this.name = "macemu-st-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
        // A socket's path is limited to 107 bytes, so it does not lie in the build's folder.
        this.folder = Files.createTempDirectory("macemu-st-");
        this.logs = logFolder(test);
        for (Part part : Part.values()) {
            ports.put(part, FreePorts.next());
        }
        for (Part part : Part.values()) {
            Map<String, String> environment = environment(part);
            environment.putAll(settings);
            services.put(part, service(part, part.module, environment, logs));
        }
    }

    /** Starts the three services and waits until each is ready. */
    public static Product start(Class<?> test) {
        return start(test, Map.of());
    }

    /** @param settings environment variables of every service, on top of those that keep products apart */
    public static Product start(Class<?> test, Map<String, String> settings) {
        Product product = of(test, settings);
        try {
            product.services.values().forEach(ServiceProcess::start);
            for (Part part : Part.values()) {
                product.awaitReady(part);
            }
            return product;
        } catch (AssertionError | RuntimeException e) {
            product.close();
            throw e;
        }
    }

    /** A product of which nothing runs yet. */
    public static Product of(Class<?> test, Map<String, String> settings) {
        try {
            return new Product(test, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The repository's top folder. */
    public static Path root() {
        String given = System.getProperty("repository.root");
        Path root = given != null ? Path.of(given) : Path.of("").toAbsolutePath().getParent();
        if (!Files.isDirectory(root.resolve("media-service"))) {
            throw new IllegalStateException("repository.root is " + root + ": expected the folder of media-service");
        }
        return root;
    }

    /** A new, empty folder for what a test class leaves behind. */
    public static Path logFolder(Class<?> test) throws IOException {
        Path parent = root().resolve("system-tests/target/system-tests").resolve(test.getSimpleName());
        Files.createDirectories(parent);
        for (int i = 1; ; i++) {
            Path folder = parent.resolve(Integer.toString(i));
            if (Files.notExists(folder)) {
                return Files.createDirectory(folder);
            }
        }
    }

    /** A service's process, not started. */
    public static ServiceProcess service(Part part, String label, Map<String, String> environment, Path logs) {
        if (Files.notExists(part.jar())) {
            throw new IllegalStateException(part.jar() + " is not there: mvn package builds it");
        }
        return new ServiceProcess(
                label, ServiceProcess.java(part.flags(), part.jar()), environment, logs, logs.resolve(label + ".log"));
    }

    /** The environment a service needs to find the others. */
    public Map<String, String> environment(Part part) {
        Map<String, String> environment = new HashMap<>();
        environment.put("MACEMU_VIDEO_SHM", "/" + name + "-video");
        environment.put("MACEMU_AUDIO_SHM", "/" + name + "-audio");
        environment.put("MACEMU_CONTROL_SOCK", controlSocket().toString());
        environment.put("MACEMU_MEDIA_PORT", Integer.toString(ports.get(Part.MEDIA)));
        environment.put("MACEMU_RTC_PORT", Integer.toString(rtcPort));
        environment.put("MACEMU_SIGNALING_PORT", Integer.toString(ports.get(Part.SIGNALING)));
        environment.put("BASILISK_ROMS", folder.resolve("roms").toString());
        environment.put("BASILISK_IMAGES", folder.resolve("images").toString());
        environment.put("MALLOC_ARENA_MAX", "2");
        if (part != Part.MEDIA) {
            environment.put("QUARKUS_HTTP_PORT", Integer.toString(ports.get(part)));
        }
        return environment;
    }

    public ServiceProcess service(Part part) {
        return services.get(part);
    }

    public int port(Part part) {
        return ports.get(part);
    }

    public int rtcPort() {
        return rtcPort;
    }

    public Path controlSocket() {
        return folder.resolve("control.sock");
    }

    public Path videoSegment() {
        return SegmentFile.SHM_DIRECTORY.resolve(name + "-video");
    }

    public Path audioSegment() {
        return SegmentFile.SHM_DIRECTORY.resolve(name + "-audio");
    }

    /** A folder of this run, for what a test writes. */
    public Path folder() {
        return folder;
    }

    /** Where logs and screenshots go. */
    public Path logs() {
        return logs;
    }

    /** An emulator that fits this product. */
    public SyntheticOptions.Builder emulator() {
        return SyntheticOptions.fromEnvironment(environment(Part.MEDIA))
                .roms(folder.resolve("roms"))
                .images(folder.resolve("images"));
    }

    /** The arguments of an emulator in a process of its own that fits this product. */
    public String[] emulatorArguments(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--video-shm", "/" + name + "-video",
                "--audio-shm", "/" + name + "-audio",
                "--control-sock", controlSocket().toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** Closes something together with the product, before its services. */
    public <T extends AutoCloseable> T owns(T resource) {
        owned.addFirst(resource);
        return resource;
    }

    /** Address of the page. */
    public String page(String query) {
        return "http://127.0.0.1:" + port(Part.CONTROL) + "/" + (query.isEmpty() ? "" : "?" + query);
    }

    /** Address of the signalling WebSocket. */
    public URI signaling() {
        return URI.create("ws://127.0.0.1:" + port(Part.SIGNALING) + "/signaling");
    }

    /** Waits until a service's health check says that it takes work. */
    public void awaitReady(Part part) {
        ServiceProcess service = services.get(part);
        Await.until(
                service.name() + " is ready",
                START,
                () -> {
                    if (!service.isAlive()) {
                        throw new AssertionError("it has ended");
                    }
                    return health(part, "ready");
                },
                this::logTails);
    }

    /** Null when the health check is up, else what it says. */
    public String health(Part part, String check) {
        try {
            HttpResponse<String> answer = get(part, "/q/health/" + check);
            return answer.statusCode() == 200 ? null : answer.statusCode() + " " + answer.body();
        } catch (IOException e) {
            return "no answer: " + e;
        }
    }

    /** The media-service's figures as they are now. */
    public Metrics metrics() {
        try {
            return Metrics.parse(get(Part.MEDIA, "/q/metrics").body());
        } catch (IOException e) {
            throw new AssertionError("No metrics" + logTails(), e);
        }
    }

    /** The answer of the REST interface's status. */
    public JsonNode status() {
        try {
            return JSON.readTree(get(Part.CONTROL, "/api/v1/status").body());
        } catch (IOException e) {
            throw new AssertionError("No status" + logTails(), e);
        }
    }

    /** A GET request to one of the services. */
    public HttpResponse<String> get(Part part, String path) throws IOException {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(part) + path)).GET());
    }

    /** Any request. */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.timeout(HTTP_TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The end of every service's log. */
    public String logTails() {
        StringBuilder tails = new StringBuilder();
        services.values().forEach(service -> tails.append(service.logTail()));
        return tails.toString();
    }

    @Override
    public void close() {
        for (AutoCloseable resource : owned) {
            try {
                resource.close();
            } catch (Exception e) {
                System.err.println("Closing " + resource + ": " + e);
            }
        }
        services.values().forEach(ServiceProcess::close);
        http.close();
        try {
            Files.deleteIfExists(videoSegment());
            Files.deleteIfExists(audioSegment());
            deleteFolder(folder);
        } catch (IOException e) {
            System.err.println("Cleaning up: " + e);
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
