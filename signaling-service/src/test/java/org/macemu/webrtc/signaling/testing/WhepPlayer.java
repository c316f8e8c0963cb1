package org.macemu.webrtc.signaling.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A player's HTTP, with whatever headers and bodies a test wants. */
public final class WhepPlayer {

    /** An offer such as a browser makes, cut down to what the signalling looks at. */
    public static final String OFFER =
            """
            v=0\r
            o=- 4711 2 IN IP4 127.0.0.1\r
            s=-\r
            t=0 0\r
            a=group:BUNDLE 0\r
            m=video 9 UDP/TLS/RTP/SAVPF 96\r
            c=IN IP4 0.0.0.0\r
            a=ice-ufrag:abcd\r
            a=ice-pwd:0123456789abcdefghijklmn\r
            a=fingerprint:sha-256 00:11\r
            a=setup:actpass\r
            a=mid:0\r
            a=recvonly\r
            a=rtcp-mux\r
            a=rtpmap:96 VP8/90000\r
            """;

    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    public WhepPlayer(int port) {
        this.port = port;
    }

    /** Sends a request; the response comes later. Headers are names and values in turn. */
    public CompletableFuture<HttpResponse<String>> start(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(TIMEOUT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends a request and waits. */
    public HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return start(method, path, body, headers).join();
    }

    /** Posts an offer. */
    public CompletableFuture<HttpResponse<String>> offer(String... more) {
        return offerTo("/whep", more);
    }

    /** Posts an offer to another endpoint. */
    public CompletableFuture<HttpResponse<String>> offerTo(String path, String... more) {
        String[] headers = new String[more.length + 2];
        headers[0] = "Content-Type";
        headers[1] = "application/sdp";
        System.arraycopy(more, 0, headers, 2, more.length);
        return start("POST", path, OFFER, headers);
    }
}
