package org.macemu.webrtc.signaling.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A browser's side of the WebSocket, on the JDK's own client. */
public final class TestBrowser implements AutoCloseable {

    /** A close as the browser sees it. */
    public record Closed(int code, String reason) {}

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LIMIT_MS = 8_000;

    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private TestBrowser(int port, boolean reading, String query, String token) throws Exception {
        WebSocket.Builder builder = CLIENT.newWebSocketBuilder().header("Origin", "http://localhost:8000");
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        socket = builder.buildAsync(
                        URI.create("ws://127.0.0.1:" + port + "/signaling" + query), new Listener(reading))
                .get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    public static TestBrowser open(int port) throws Exception {
        return new TestBrowser(port, true, "", null);
    }

    /** One that asks for a session, with a token or without (null). */
    public static TestBrowser open(int port, String session, String token) throws Exception {
        return new TestBrowser(port, true, "?session=" + session, token);
    }

    /** One that never takes anything from its socket. */
    public static TestBrowser openWithoutReading(int port) throws Exception {
        return new TestBrowser(port, false, "", null);
    }

    private final class Listener implements WebSocket.Listener {

        private final boolean reading;
        private final StringBuilder text = new StringBuilder();

        Listener(boolean reading) {
            this.reading = reading;
        }

        @Override
        public void onOpen(WebSocket webSocket) {
            if (reading) {
                webSocket.request(1);
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    messages.add(JSON.readTree(text.toString()));
                } catch (Exception e) {
                    throw new IllegalStateException("not JSON: " + text, e);
                } finally {
                    text.setLength(0);
                }
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            closed.complete(new Closed(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.complete(new Closed(-1, error.toString()));
        }
    }

    public void send(String text) throws Exception {
        socket.sendText(text, true).get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    public void sendBinary(byte[] bytes) throws Exception {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    /** The next message, whatever it is. */
    public JsonNode next() throws InterruptedException {
        JsonNode message = messages.poll(LIMIT_MS, TimeUnit.MILLISECONDS);
        assertNotNull(message, "no message within " + LIMIT_MS + " ms; closed: " + closed.getNow(null));
        return message;
    }

    /** The next message, which must be of this type. */
    public JsonNode next(String type) throws InterruptedException {
        JsonNode message = next();
        assertEquals(type, message.path("type").asText(), () -> "found " + message);
        return message;
    }

    /** A message if one comes within this time, else null. */
    public JsonNode poll(long milliseconds) throws InterruptedException {
        return messages.poll(milliseconds, TimeUnit.MILLISECONDS);
    }

    /** How the server closed. */
    public Closed closed() throws Exception {
        return closed.get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    public boolean isClosed() {
        return closed.isDone();
    }

    /** Closes as a page does. */
    @Override
    public void close() throws Exception {
        if (!socket.isOutputClosed()) {
            // Fails when the server closes at the same moment, which comes to the same.
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .exceptionally(failure -> socket)
                    .get(LIMIT_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Vanishes: the TCP connection ends without a close frame. */
    public void vanish() {
        socket.abort();
    }
}
