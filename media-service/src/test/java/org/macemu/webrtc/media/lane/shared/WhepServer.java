package org.macemu.webrtc.media.lane.shared;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.ViewerEvents;

/** Signalling for receivers that are programs of their own: an offer is posted to /whep, the response is the answer. */
final class WhepServer implements AutoCloseable {

    private final Lane lane;
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger viewers = new AtomicInteger();

    /** @param port on loopback; 0: a free one */
    WhepServer(Lane lane, int port) throws IOException {
        this.lane = lane;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        server.createContext("/whep", this::offer);
        server.setExecutor(executor);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/whep";
    }

    private void offer(HttpExchange exchange) throws IOException {
        String offer = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        CompletableFuture<String> answer = new CompletableFuture<>();
        lane.open("whep" + viewers.incrementAndGet(), offer, new ViewerEvents() {
            private String sdp = "";
            private final StringBuffer candidates = new StringBuffer();

            @Override
            public void answered(String answered) {
                sdp = answered;
                if (sdp.contains("a=end-of-candidates")) {
                    answer.complete(sdp);
                }
            }

            /** Those of the first media section are those of all: every lane bundles. */
            @Override
            public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {
                if (!candidate.isEmpty() && sdpMLineIndex == 0) {
                    candidates.append("a=").append(candidate).append("\r\n");
                } else if (candidate.isEmpty()) {
                    int second = sdp.indexOf("m=", sdp.indexOf("m=") + 1);
                    int end = second < 0 ? sdp.length() : second;
                    answer.complete(sdp.substring(0, end) + candidates + sdp.substring(end));
                }
            }

            @Override
            public void connected() {}

            @Override
            public void input(String json) {}

            @Override
            public void error(String code, String message, boolean fatal) {
                answer.completeExceptionally(new IOException(code + ": " + message));
            }

            @Override
            public void closed() {}
        });
        byte[] response;
        int status = 201;
        try {
            response = answer.get(10, TimeUnit.SECONDS).getBytes(StandardCharsets.UTF_8);
        } catch (Exception e) {
            status = 400;
            response = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
        }
        exchange.sendResponseHeaders(status, response.length);
        exchange.getResponseBody().write(response);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.close();
    }
}
