package org.macemu.webrtc.signaling.service;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.websockets.next.WebSocketConnection;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.message.ErrorCode;

/**
 * The sessions of all browsers, by WebSocket. Admits new ones and says goodbye to all of them at the end. Its methods
 * are called on the event loop of the WebSocket they are about.
 */
@Singleton
public class BrowserSessions {

    private static final Logger LOG = Logger.getLogger(BrowserSessions.class);

    /** When a browser may come back after a restart of this service. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final long GOODBYE_TIMEOUT_MS = 1_500;

    private final Vertx vertx;
    private final MediaLinks links;
    private final SignalingConfig config;
    private final SignalingMetrics metrics;
    private final JoinLimit joinLimit;
    private final Access access;
    private final ConcurrentMap<String, BrowserSession> sessions = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    @Inject
    BrowserSessions(
            Vertx vertx,
            MediaLinks links,
            SignalingConfig config,
            SignalingMetrics metrics,
            JoinLimit joinLimit,
            Access access) {
        this.vertx = vertx;
        this.links = links;
        this.config = config;
        this.metrics = metrics;
        this.joinLimit = joinLimit;
        this.access = access;
        metrics.browsers(sessions::size);
    }

    /**
     * A WebSocket was opened.
     *
     * @param token empty, as its text is, when nobody is asked for one
     * @param mac the session it is for; empty for this server's own
     */
    public void opened(
            WebSocketConnection connection,
            String remoteAddress,
            Optional<AccessToken> token,
            String tokenText,
            Optional<String> mac) {
        BrowserSession session = new BrowserSession(
                vertx,
                connection,
                remoteAddress,
                token,
                () -> access.counts(tokenText, mac),
                mac,
                links,
                config,
                metrics);
        if (!joinLimit.admit(remoteAddress)) {
            LOG.infof("%s opens WebSockets too often, refused", remoteAddress);
            session.refuseForNow(ErrorCode.RATE_LIMITED, "Too many connections from this address; at most "
                    + config.signaling().joinsPerSecond() + " per second. Wait a few seconds.");
            return;
        }
        if (sessions.size() >= config.signaling().maxBrowsers()) {
            LOG.warnf("%s refused: %d WebSockets are open", remoteAddress, sessions.size());
            session.refuseForNow(ErrorCode.CAPACITY_REACHED, "All " + config.signaling().maxBrowsers()
                    + " places for browsers are taken (macemu.signaling.max-browsers). Try again later.");
            return;
        }
        sessions.put(connection.id(), session);
        session.start();
    }

    /** A text message arrived. */
    public void received(WebSocketConnection connection, String text) {
        BrowserSession session = sessions.get(connection.id());
        if (session != null) {
            session.received(text);
        }
    }

    /** A binary message arrived. */
    public void receivedBinary(WebSocketConnection connection, int bytes) {
        BrowserSession session = sessions.get(connection.id());
        if (session != null) {
            session.receivedBinary(bytes);
        }
    }

    /** A message was larger than the transport reads; what is left of it cannot be told from the next. */
    public void overflowed(WebSocketConnection connection) {
        BrowserSession session = sessions.get(connection.id());
        if (session != null) {
            session.overflowed();
        }
    }

    /** A WebSocket was closed, by either side. */
    public void closed(WebSocketConnection connection) {
        BrowserSession session = sessions.remove(connection.id());
        if (session != null) {
            session.closed();
        }
    }

    /** Whether new browsers are welcome. */
    public boolean accepting() {
        return !stopping;
    }

    /** WebSockets open now. */
    public int size() {
        return sessions.size();
    }

    /** Observes the event that comes before the HTTP server is closed; the one named ShutdownEvent comes after. */
    void onStop(@Observes ShutdownDelayInitiatedEvent event) throws InterruptedException {
        stopping = true;
        List<BrowserSession> open = List.copyOf(sessions.values());
        CountDownLatch told = new CountDownLatch(open.size());
        open.forEach(session -> session.shutdown(RETRY_AFTER, told::countDown));
        if (!told.await(GOODBYE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
            LOG.warnf("%d browsers could not be told goodbye in time", told.getCount());
        }
        // The sessions are released, their writes are on the way; the close handshake empties the registry.
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GOODBYE_TIMEOUT_MS);
        while (!sessions.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
