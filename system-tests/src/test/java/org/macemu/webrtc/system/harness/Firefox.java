package org.macemu.webrtc.system.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One headless Firefox with one page, driven through WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/), which
 * Firefox speaks by itself: no driver beside it is needed.
 */
public final class Firefox implements AutoCloseable {

    private static final Path EXECUTABLE =
            Path.of(System.getenv().getOrDefault("FIREFOX", "/usr/bin/firefox-esr"));
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path profile;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private WebSocket socket;
    private String page;

    private Firefox(Path profile, Process process) {
        this.profile = profile;
        this.process = process;
    }

    /** Whether there is one on this machine. */
    public static boolean isInstalled() {
        return Files.isExecutable(EXECUTABLE);
    }

    /** Starts Firefox with a profile of its own. */
    public static Firefox start() {
        try {
            int port = FreePorts.next();
            Path profile = Files.createTempDirectory("macemu-st-firefox-");
            Files.writeString(profile.resolve("user.js"), """
                    user_pref("media.autoplay.default", 0);
                    user_pref("app.update.enabled", false);
                    user_pref("datareporting.policy.dataSubmissionEnabled", false);
                    user_pref("network.captive-portal-service.enabled", false);
                    user_pref("network.connectivity-service.enabled", false);
                    """);
            ProcessBuilder builder = new ProcessBuilder(
                            EXECUTABLE.toString(), "--headless", "--no-remote", "--profile", profile.toString(),
                            "--remote-debugging-port=" + port, "about:blank")
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolve("firefox.log").toFile());
            builder.environment().put("HOME", profile.toString());
            Firefox firefox = new Firefox(profile, builder.start());
            try {
                firefox.connect(port);
            } catch (RuntimeException | AssertionError e) {
                firefox.close();
                throw e;
            }
            return firefox;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void connect(int port) {
        Path log = profile.resolve("firefox.log");
        Await.until("Firefox listens", START, () -> Files.readString(log).contains("WebDriver BiDi listening")
                ? null
                : "it said: " + Files.readString(log));
        socket = http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/session"), new Listener())
                .join();
        command("session.new", JSON.createObjectNode().set("capabilities", JSON.createObjectNode()));
        page = command("browsingContext.getTree", JSON.createObjectNode())
                .path("contexts").path(0).path("context").asText();
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    JsonNode message = JSON.readTree(text.toString());
                    CompletableFuture<JsonNode> answer = waiting.remove(message.path("id").asInt(-1));
                    if (answer != null) {
                        answer.complete(message);
                    }
                } catch (IOException e) {
                    waiting.values().forEach(answer -> answer.completeExceptionally(e));
                }
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }

    private JsonNode command(String method, JsonNode parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        socket.sendText(message.toString(), true).join();
        JsonNode result = answer.orTimeout(ANSWER.toSeconds(), TimeUnit.SECONDS).join();
        if (result.path("type").asText().equals("error")) {
            throw new AssertionError(method + ": " + result);
        }
        return result.path("result");
    }

    /** Opens an address and waits until it is loaded. */
    public void navigate(String address) {
        command(
                "browsingContext.navigate",
                JSON.createObjectNode().put("context", page).put("url", address).put("wait", "complete"));
    }

    /** Evaluates an expression in the page; promises are awaited. */
    public JsonNode evaluate(String expression) {
        ObjectNode parameters = JSON.createObjectNode()
                .put("expression", "(async () => JSON.stringify((await (" + expression + ")) ?? null))()")
                .put("awaitPromise", true);
        parameters.putObject("target").put("context", page);
        JsonNode result = command("script.evaluate", parameters);
        try {
            return JSON.readTree(result.path("result").path("value").asText());
        } catch (IOException e) {
            throw new AssertionError(expression + " gave " + result, e);
        }
    }

    /** A real click of the left button, CSS pixels. */
    public void click(int x, int y) {
        ObjectNode pointer = JSON.createObjectNode().put("type", "pointer").put("id", "mouse");
        pointer.putObject("parameters").put("pointerType", "mouse");
        pointer.putArray("actions")
                .add(JSON.createObjectNode().put("type", "pointerMove").put("x", x).put("y", y))
                .add(JSON.createObjectNode().put("type", "pointerDown").put("button", 0))
                .add(JSON.createObjectNode().put("type", "pointerUp").put("button", 0));
        perform(pointer);
    }

    /** A real key goes down and up. */
    public void press(String key) {
        ObjectNode keyboard = JSON.createObjectNode().put("type", "key").put("id", "keyboard");
        keyboard.putArray("actions")
                .add(JSON.createObjectNode().put("type", "keyDown").put("value", key))
                .add(JSON.createObjectNode().put("type", "keyUp").put("value", key));
        perform(keyboard);
    }

    private void perform(ObjectNode source) {
        ObjectNode parameters = JSON.createObjectNode().put("context", page);
        parameters.putArray("actions").add(source);
        command("input.performActions", parameters);
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.abort();
        }
        http.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            System.err.println("Cleaning up: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
