package org.macemu.webrtc.signaling.service;

import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.WebSocketConnection;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.signaling.client.Joins;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.message.BrowserMessage;
import org.macemu.webrtc.signaling.message.BrowserMessageReader;
import org.macemu.webrtc.signaling.message.ErrorCode;
import org.macemu.webrtc.signaling.message.MessageException;
import org.macemu.webrtc.signaling.message.MessageLimits;
import org.macemu.webrtc.signaling.message.ServerMessageWriter;

/**
 * One browser's side: reads its WebSocket's messages within their limits, writes those for it, and closes it when it is
 * silent, does not read, or its token has ended. Its side towards the media-service is {@link MediaLink}.
 *
 * <p>The WebSocket stays open while the media-service is away; the browser is told once ({@code media_unavailable}) and
 * gets a new {@code welcome} when it is back.
 *
 * <p>Owned by {@link BrowserSessions}; confined to the event loop of its WebSocket, so nothing here is locked.
 */
public final class BrowserSession {

    private static final Logger LOG = Logger.getLogger(BrowserSession.class);

    /** RFC 6455, section 7.4.1. */
    private static final int CLOSE_NORMAL = 1000;

    private static final int CLOSE_GOING_AWAY = 1001;
    private static final int CLOSE_POLICY = 1008;
    private static final int CLOSE_TOO_BIG = 1009;
    private static final int CLOSE_TRY_LATER = 1013;

    /** A key that is taken out of the key file ends the sessions of its tokens after about this time. */
    private static final long TOKEN_LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Vertx vertx;
    private final Context context;
    private final WebSocketConnection connection;
    private final Optional<AccessToken> token;
    private final BooleanSupplier tokenCounts;
    private final MediaLink link;
    private final SignalingConfig config;
    private final SignalingMetrics metrics;
    private final Outbox outbox;
    private final TokenBucket messageRate;

    private boolean closed;
    private int candidates;
    private long lastHeardNanos = System.nanoTime();
    private long tokenLookedNanos = lastHeardNanos;
    private long watchdog = -1;

    BrowserSession(
            Vertx vertx,
            WebSocketConnection connection,
            String remoteAddress,
            Optional<AccessToken> token,
            BooleanSupplier tokenCounts,
            Optional<String> mac,
            MediaLinks links,
            SignalingConfig config,
            SignalingMetrics metrics) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.connection = connection;
        this.token = token;
        this.tokenCounts = tokenCounts;
        this.link = links.link(viewer(remoteAddress, token, mac), new LinkListener());
        this.config = config;
        this.metrics = metrics;
        this.outbox = new Outbox(connection);
        int rate = config.signaling().messagesPerSecond();
        this.messageRate = new TokenBucket(rate, 2.0 * rate, lastHeardNanos);
    }

    void start() {
        Duration silence = config.signaling().silence();
        Duration patience = config.signaling().sendTimeout();
        // Fine enough that neither limit is overrun by more than a quarter.
        long period = Math.max(10, Math.min(silence.toMillis(), patience.toMillis()) / 4);
        watchdog = vertx.setPeriodic(period, ignored -> watch(silence, patience));
        link.join();
    }

    private void watch(Duration silence, Duration patience) {
        if (tokenIsOver()) {
            LOG.infof("%s: its token has expired or is revoked, closing", this);
            send("goodbye", ServerMessageWriter.goodbye("expired"));
            close("expired", CLOSE_POLICY, "expired");
        } else if (System.nanoTime() - lastHeardNanos > silence.toNanos()) {
            LOG.infof("%s sent nothing for %d s, closing", this, silence.toSeconds());
            close("heartbeat", CLOSE_POLICY, "no message for " + silence.toSeconds() + " s, ping expected");
        } else if (outbox.waitingNanos() > patience.toNanos()) {
            tooSlow();
        }
    }

    /** Its time is looked at every time, its key less often: a signature costs more than a clock. */
    private boolean tokenIsOver() {
        if (token.isEmpty()) {
            return false;
        }
        if (!Instant.now().isBefore(token.get().expires())) {
            return true;
        }
        long now = System.nanoTime();
        if (now - tokenLookedNanos < TOKEN_LOOK_NANOS) {
            return false;
        }
        tokenLookedNanos = now;
        return !tokenCounts.getAsBoolean();
    }

    // ---- from the media-service

    private static MediaLink.Viewer viewer(
            String remoteAddress, Optional<AccessToken> token, Optional<String> mac) {
        return new MediaLink.Viewer(
                Joins.of(remoteAddress, token, token.map(t -> role(t.role())).orElse(Role.ROLE_OWNER))
                        .build(),
                token.map(t -> t.role() != AccessRole.GUEST).orElse(false),
                mac,
                remoteAddress + token.map(t -> ", " + t).orElse(""));
    }

    private static Role role(AccessRole role) {
        return switch (role) {
            case GUEST -> Role.ROLE_GUEST;
            case CONTROLLER -> Role.ROLE_CONTROLLER;
            case OWNER -> Role.ROLE_OWNER;
        };
    }

    private final class LinkListener implements MediaLink.Listener {

        @Override
        public void received(MediaMessage message) {
            relay(message);
        }

        @Override
        public void away() {
            mediaUnavailable();
        }

        @Override
        public void starting(String session) {
            error(ErrorCode.SESSION_STARTING, "The Mac of the session " + session
                    + " is not running yet. A welcome follows when it is; send the offer then.");
        }
    }

    private void relay(MediaMessage message) {
        String text = ServerMessageWriter.write(message, config.signaling().heartbeat());
        if (text == null) {
            LOG.warnf("%s: the media-service sent a message of unknown kind, dropped", this);
            return;
        }
        if (message.hasWelcome() || message.hasMove() && !message.getMove().getViewerId().isEmpty()) {
            candidates = 0;
        }
        send(message.getMessageCase().name().toLowerCase(Locale.ROOT), text);
        if (message.hasGoodbye()) {
            close("goodbye", CLOSE_NORMAL, message.getGoodbye().getReason());
        } else if (message.hasError() && message.getError().getFatal()) {
            close("media_error", CLOSE_POLICY, message.getError().getCode());
        }
    }

    private void mediaUnavailable() {
        error(ErrorCode.MEDIA_UNAVAILABLE, link.isAway()
                ? "The media service cannot be reached; it is tried again, and a new welcome follows when it is back."
                        + " Send a new offer then."
                : "The media service has not welcomed this viewer yet; send the offer after the welcome.");
    }

    // ---- from the browser

    void received(String text) {
        if (!heard()) {
            return;
        }
        try {
            switch (BrowserMessageReader.read(text)) {
                case BrowserMessage.Offer offer -> offer(offer);
                case BrowserMessage.Candidate candidate -> candidate(candidate);
                case BrowserMessage.Input input -> pass("input", input.message());
                case BrowserMessage.Control control -> pass("control", control.message());
                case BrowserMessage.Sharing sharing -> pass("sharing", sharing.message());
                case BrowserMessage.Ping ping -> {
                    metrics.received("ping");
                    send("pong", ServerMessageWriter.pong(ping));
                }
            }
        } catch (MessageException e) {
            metrics.received("refused");
            error(e.code(), e.getMessage());
        }
    }

    void receivedBinary(int bytes) {
        if (heard()) {
            metrics.received("refused");
            error(ErrorCode.MESSAGE_INVALID, "A binary message of " + bytes + " bytes; a text message is expected.");
        }
    }

    void overflowed() {
        if (!closed) {
            refuse(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "At most " + MessageLimits.MAX_MESSAGE_BYTES + " bytes are read.",
                    CLOSE_TOO_BIG);
        }
    }

    private boolean heard() {
        if (closed) {
            return false;
        }
        lastHeardNanos = System.nanoTime();
        if (messageRate.take(lastHeardNanos)) {
            return true;
        }
        int rate = config.signaling().messagesPerSecond();
        LOG.infof("%s sent more than %d messages per second, closing", this, rate);
        refuse(
                ErrorCode.RATE_LIMITED,
                "More than " + rate + " messages per second; coalesce mouse moves.",
                CLOSE_POLICY);
        return false;
    }

    private void offer(BrowserMessage.Offer offer) {
        metrics.received("offer");
        candidates = 0;
        if (link.isJoined()) {
            link.send(offer.message());
        } else {
            mediaUnavailable();
        }
    }

    private void candidate(BrowserMessage.Candidate candidate) throws MessageException {
        metrics.received("candidate");
        if (++candidates > MessageLimits.MAX_CANDIDATES_PER_OFFER) {
            if (candidates == MessageLimits.MAX_CANDIDATES_PER_OFFER + 1) {
                throw new MessageException(ErrorCode.TOO_MANY_CANDIDATES, "More than "
                        + MessageLimits.MAX_CANDIDATES_PER_OFFER
                        + " candidates for one offer; the others are dropped until the next offer.");
            }
            return;
        }
        link.send(candidate.message());
    }

    private void pass(String kind, ViewerMessage message) {
        metrics.received(kind);
        link.send(message);
    }

    // ---- to the browser

    private void error(ErrorCode code, String text) {
        metrics.error(code.text());
        send("error", ServerMessageWriter.error(code, text, false));
    }

    private void send(String kind, String text) {
        if (closed) {
            return;
        }
        if (outbox.send(text)) {
            metrics.sent(kind);
        } else {
            tooSlow();
        }
    }

    private void tooSlow() {
        LOG.infof("%s does not read, closing", this);
        close("too_slow", CLOSE_POLICY, "messages were not read");
    }

    /** Sends a fatal error and closes. */
    void refuse(ErrorCode code, String text, int closeCode) {
        metrics.error(code.text());
        outbox.send(ServerMessageWriter.error(code, text, true));
        close(code.text(), closeCode, code.text());
    }

    /** Refuses a browser that may try again later. */
    void refuseForNow(ErrorCode code, String text) {
        refuse(code, text, CLOSE_TRY_LATER);
    }

    /** Says goodbye because this service ends; from any thread. */
    void shutdown(Duration retryAfter, Runnable done) {
        context.runOnContext(ignored -> {
            if (!closed) {
                send("goodbye", ServerMessageWriter.goodbye("shutdown", retryAfter));
                close("shutdown", CLOSE_GOING_AWAY, "shutdown");
            }
            done.run();
        });
    }

    private void close(String reason, int code, String text) {
        if (closed) {
            return;
        }
        metrics.closed(reason);
        release();
        connection.close(new CloseReason(code, text)).subscribe().with(ignored -> {}, failure ->
                LOG.debugf("%s: closing failed: %s", this, failure));
    }

    /** The WebSocket is closed, whoever closed it. */
    void closed() {
        if (!closed) {
            LOG.infof("%s left", this);
            release();
        }
    }

    private void release() {
        closed = true;
        vertx.cancelTimer(watchdog);
        link.close();
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
