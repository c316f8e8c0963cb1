package org.macemu.webrtc.signaling.rest;

import io.quarkus.websockets.next.InboundProcessingMode;
import io.quarkus.websockets.next.OnBinaryMessage;
import io.quarkus.websockets.next.OnClose;
import io.quarkus.websockets.next.OnError;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.macemu.webrtc.signaling.service.BrowserSessions;

/**
 * The WebSocket browsers connect to. Every callback runs on the event loop of its connection and returns at once, so
 * messages are handled in their order although the endpoint does not queue them.
 */
@WebSocket(path = "/signaling", inboundProcessingMode = InboundProcessingMode.CONCURRENT)
@Singleton
public class SignalingSocket {

    private static final Logger LOG = Logger.getLogger(SignalingSocket.class);

    private final BrowserSessions sessions;

    @Inject
    SignalingSocket(BrowserSessions sessions) {
        this.sessions = sessions;
    }

    @OnOpen
    @NonBlocking
    void opened(WebSocketConnection connection) {
        sessions.opened(
                connection,
                connection.userData().get(UpgradeCheck.REMOTE_ADDRESS),
                Optional.ofNullable(connection.userData().get(UpgradeCheck.TOKEN)),
                connection.userData().get(UpgradeCheck.TOKEN_TEXT),
                Optional.ofNullable(connection.userData().get(UpgradeCheck.SESSION)));
    }

    @OnTextMessage
    @NonBlocking
    void text(WebSocketConnection connection, String message) {
        sessions.received(connection, message);
    }

    @OnBinaryMessage
    @NonBlocking
    void binary(WebSocketConnection connection, Buffer message) {
        sessions.receivedBinary(connection, message.length());
    }

    @OnClose
    @NonBlocking
    void closed(WebSocketConnection connection) {
        sessions.closed(connection);
    }

    /**
     * The transport refuses something. After broken frames and resets it has closed already; after a message beyond
     * its limit it has not.
     */
    @OnError
    @NonBlocking
    void failed(WebSocketConnection connection, Throwable failure) {
        LOG.debugf(failure, "WebSocket %s", connection.id());
        if (connection.isOpen()) {
            sessions.overflowed(connection);
        }
    }
}
