package org.macemu.webrtc.system.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A signalling client without a browser behind it: sends anything, and keeps every message that comes back. */
public final class SignalingSocket implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<JsonNode> messages = new ArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private SignalingSocket(URI address) {
        socket = client.newWebSocketBuilder()
                .connectTimeout(SOON)
                .buildAsync(address, new Listener())
                .join();
    }

    /** Connects and waits for nothing more. */
    public static SignalingSocket connect(Product product) {
        return new SignalingSocket(product.signaling());
    }

    /** Connects and waits for the welcome. */
    public static SignalingSocket join(Product product) {
        SignalingSocket socket = connect(product);
        socket.await("welcome", message -> message.path("type").asText().equals("welcome"));
        return socket;
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    JsonNode message = JSON.readTree(text.toString());
                    synchronized (messages) {
                        messages.add(message);
                    }
                } catch (JsonProcessingException e) {
                    closed.completeExceptionally(new AssertionError("Not JSON: " + text, e));
                }
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            // A connection that was cut: 1006 is what RFC 6455 calls a close without a closing frame.
            closed.complete(1006);
        }
    }

    /** Sends a text message; false when the connection is gone. */
    public boolean send(String text) {
        try {
            socket.sendText(text, true).orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    /** Sends a binary message; false when the connection is gone. */
    public boolean sendBinary(byte[] bytes) {
        try {
            socket.sendBinary(ByteBuffer.wrap(bytes), true).orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    /** All messages so far. */
    public List<JsonNode> messages() {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    /** The first message of this type, now or soon. */
    public JsonNode awaitType(String type) {
        return await(type, message -> message.path("type").asText().equals(type));
    }

    /** The first error with this code, now or soon. */
    public JsonNode awaitError(String code) {
        return await("error " + code, message -> message.path("type").asText().equals("error")
                && message.path("code").asText().equals(code));
    }

    private JsonNode await(String what, Predicate<JsonNode> wanted) {
        List<JsonNode> found = new ArrayList<>();
        Await.until("signalling says " + what, SOON, () -> {
            messages().stream().filter(wanted).findFirst().ifPresent(found::add);
            return found.isEmpty()
                    ? "so far " + messages() + (closed.isDone() ? ", closed with " + closed.join() : "")
                    : null;
        });
        return found.getFirst();
    }

    /** Forgets what came so far. */
    public void clear() {
        synchronized (messages) {
            messages.clear();
        }
    }

    /** Whether the connection is still there: asks for a pong and gets one. */
    public void assertAlive() {
        String time = Long.toString(System.nanoTime() % 1_000_000_000);
        send("{\"type\":\"ping\",\"time\":" + time + "}");
        await("pong " + time, message -> message.path("type").asText().equals("pong")
                && message.path("time").asText().equals(time));
    }

    /** The status code the connection is closed with, now or soon; 1006 for one that was cut. */
    public int awaitClose() {
        Await.until("signalling closes", SOON, () -> closed.isDone() ? null : "still open, said " + messages());
        return closed.join();
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
    }
}
