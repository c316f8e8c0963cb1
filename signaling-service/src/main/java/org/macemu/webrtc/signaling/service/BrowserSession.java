package org.macemu.webrtc.signaling.service;

import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.WebSocketConnection;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessRole;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;
import org.macemu.webrtc.signaling.client.MediaCall;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.message.BrowserMessage;
import org.macemu.webrtc.signaling.message.ErrorCode;
import org.macemu.webrtc.signaling.message.MessageException;
import org.macemu.webrtc.signaling.message.MessageLimits;
import org.macemu.webrtc.signaling.message.SignalingJson;
import org.macemu.webrtc.signaling.placement.Place;
import org.macemu.webrtc.signaling.placement.ViewerPlacement;
import org.macemu.webrtc.signaling.sessions.SessionPods;

/**
 * One browser: its WebSocket on one side, its call to the media-service on the other.
 *
 * <pre>
 *                 welcome
 *   JOINING --------------------> JOINED
 *    ^   |  refused, ended,        |  ended
 *    |   v  no welcome in time     v
 *    +-- WAITING <-----------------+        any --- WebSocket closed ---> CLOSED
 *        250 ms .. 2 s                      (half-closes the call)
 * </pre>
 *
 * The WebSocket stays open while the media-service is away; the browser is told once ({@code media_unavailable}) and
 * gets a new {@code welcome} when it is back. Each join has a viewer id of its own, because the media-service may still
 * hold the viewer of a call that broke.
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

    private static final String DRAIN = "drain";

    /** Between two attempts to join elsewhere; the edge waits for two minutes. */
    private static final long MOVE_RETRY_MS = 500;

    /** A page that has not left the old connection by now will not: it is told to move, connects and closes in a second. */
    private static final long MOVED_MS = 20_000;

    /** A key that is taken out of the key file ends the sessions of its tokens after about this time. */
    private static final long TOKEN_LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private enum State {
        JOINING,
        JOINED,
        WAITING,
        CLOSED
    }

    private final Vertx vertx;
    private final Context context;
    private final WebSocketConnection connection;
    private final String remoteAddress;
    private final Optional<AccessToken> token;
    private final BooleanSupplier tokenCounts;
    private final Optional<String> mac;
    private final SessionPods pods;
    private final MediaClient media;
    private final ViewerPlacement placement;
    private final SignalingConfig config;
    private final SignalingJson json;
    private final SignalingMetrics metrics;
    private final Outbox outbox;
    private final TokenBucket messageRate;

    private State state = State.WAITING;
    private MediaCall call;
    private CallListener listening;
    private Place place;
    private Relocation move;

    /** The call of the place a move began at, until the page has left it. */
    private MediaCall left;
    private String viewerId = "";
    private boolean outageTold;

    /** Whether the browser knows that its Mac is not running yet. */
    private boolean startTold;

    /** Ends the wait for the Mac's pod. */
    private Runnable arrival;
    private int failedAttempts;
    private int candidates;
    private long lastHeardNanos = System.nanoTime();
    private long tokenLookedNanos = lastHeardNanos;
    private long timer = -1;
    private long watchdog = -1;

    BrowserSession(
            Vertx vertx,
            WebSocketConnection connection,
            String remoteAddress,
            Optional<AccessToken> token,
            BooleanSupplier tokenCounts,
            Optional<String> mac,
            MediaClient media,
            ViewerPlacement placement,
            SessionPods pods,
            SignalingConfig config,
            SignalingJson json,
            SignalingMetrics metrics) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.connection = connection;
        this.remoteAddress = remoteAddress;
        this.token = token;
        this.tokenCounts = tokenCounts;
        this.mac = mac;
        this.pods = pods;
        this.media = media;
        this.placement = placement;
        this.config = config;
        this.json = json;
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
        join();
    }

    private static Role role(AccessRole role) {
        return switch (role) {
            case GUEST -> Role.ROLE_GUEST;
            case CONTROLLER -> Role.ROLE_CONTROLLER;
            case OWNER -> Role.ROLE_OWNER;
        };
    }

    private void watch(Duration silence, Duration patience) {
        if (tokenIsOver()) {
            LOG.infof("%s: its token has expired or is revoked, closing", this);
            send("goodbye", json.goodbye("expired"));
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

    // ---- towards the media-service

    private void join() {
        if (mac.isPresent()) {
            Optional<SocketAddress> pod = pods.find(mac.get());
            if (pod.isEmpty()) {
                awaitPod(mac.get());
                return;
            }
            place = new Place(pod.get(), false);
        } else {
            place = placement.choose(mayHoldControls());
        }
        state = State.JOINING;
        viewerId = ViewerId.next();
        listening = new CallListener();
        MediaCall opened = media.connect(place.address(), listening);
        call = opened;
        opened.send(joinMessage());
        setTimer(config.media().welcomeTimeout().toMillis(), () -> {
            opened.end();
            lost("no welcome within " + config.media().welcomeTimeout().toMillis() + " ms");
        });
    }

    /** The Mac's pod is not there yet: the browser is told once, and joins when it has come. */
    private void awaitPod(String session) {
        state = State.WAITING;
        if (!startTold) {
            startTold = true;
            error(ErrorCode.SESSION_STARTING, "The Mac of the session " + session
                    + " is not running yet. A welcome follows when it is; send the offer then.");
        }
        if (arrival == null) {
            arrival = pods.whenThere(session, () -> context.runOnContext(ignored -> {
                arrival = null;
                if (state == State.WAITING) {
                    cancelTimer();
                    join();
                }
            }));
        }
    }

    private ViewerMessage joinMessage() {
        return ViewerMessage.newBuilder()
                .setJoin(Join.newBuilder()
                        .setViewerId(viewerId)
                        .setRemoteAddress(remoteAddress)
                        .setRole(token.map(t -> role(t.role())).orElse(Role.ROLE_OWNER))
                        .setName(token.map(AccessToken::name).orElse("")))
                .build();
    }

    /** Where nobody is asked for a token, everybody may hold the controls at the origin, and nobody goes there for it. */
    private boolean mayHoldControls() {
        return token.map(t -> t.role() != AccessRole.GUEST).orElse(false);
    }

    /**
     * What the present call reports; a report of a call that has been replaced is dropped by {@link MediaCall} itself, or
     * here when the call is only left behind.
     */
    private final class CallListener implements MediaCall.Listener {

        private boolean isPresent() {
            return listening == this;
        }

        @Override
        public void received(MediaMessage message) {
            if (isPresent()) {
                relay(message);
            }
        }

        @Override
        public void ended(String reason) {
            if (isPresent()) {
                lost(reason);
            }
        }
    }

    private void relay(MediaMessage message) {
        if (state == State.CLOSED) {
            return;
        }
        if (place.edge() && message.hasMove() && message.getMove().getReason().equals(DRAIN)) {
            relocate();
            return;
        }
        if (place.edge() && message.hasGoodbye() && message.getGoodbye().getReason().equals("shutdown")) {
            // An edge that ends is no reason to leave: another place takes this viewer.
            call.end();
            lost("it ends");
            return;
        }
        String text = json.write(message, config.signaling().heartbeat());
        if (text == null) {
            LOG.warnf("%s: the media-service sent a message of unknown kind, dropped", this);
            return;
        }
        if (message.hasWelcome()) {
            state = State.JOINED;
            outageTold = false;
            startTold = false;
            failedAttempts = 0;
            candidates = 0;
            cancelTimer();
            LOG.infof("%s joined", this);
        }
        send(message.getMessageCase().name().toLowerCase(Locale.ROOT), text);
        if (message.hasGoodbye()) {
            close("goodbye", CLOSE_NORMAL, message.getGoodbye().getReason());
        } else if (message.hasError() && message.getError().getFatal()) {
            close("media_error", CLOSE_POLICY, message.getError().getCode());
        }
    }

    /** The edge is about to end: joins elsewhere, while the viewer stays where it is. */
    private void relocate() {
        if (move != null || state != State.JOINED) {
            return;
        }
        placement.failed(place);
        viewerId = ViewerId.next();
        move = Relocation.begin(
                vertx,
                media,
                placement.choose(mayHoldControls()),
                joinMessage(),
                config.media().welcomeTimeout().toMillis(),
                new MoveListener());
    }

    private final class MoveListener implements Relocation.Listener {

        /** The page is told; its next offer goes to the new place, and the old connection plays on until it is closed. */
        @Override
        public MediaCall.Listener welcomed(Relocation done, Welcome welcome) {
            LOG.infof("%s moves from %s to %s", BrowserSession.this, place, done.place());
            MediaCall before = call;
            leave(before);
            call = done.call();
            place = done.place();
            move = null;
            candidates = 0;
            send("move", json.write(
                    MediaMessage.newBuilder()
                            .setMove(Move.newBuilder()
                                    .setReason(DRAIN)
                                    .setViewerId(welcome.getViewerId())
                                    .addAllIceServers(welcome.getIceServersList())
                                    .addAllLanes(welcome.getLanesList()))
                            .build(),
                    config.signaling().heartbeat()));
            listening = new CallListener();
            return listening;
        }

        @Override
        public void failed(Relocation failed, String why) {
            LOG.infof("%s: moving to %s failed (%s), trying again", BrowserSession.this, failed.place(), why);
            placement.failed(failed.place());
            vertx.setTimer(MOVE_RETRY_MS, ignored -> {
                if (move == failed) {
                    move = null;
                    relocate();
                }
            });
        }
    }

    /** The edge ends the call when the page has closed its connection there; a page that never does is not waited for. */
    private void leave(MediaCall before) {
        endLeft();
        left = before;
        vertx.setTimer(MOVED_MS, ignored -> {
            if (left == before) {
                endLeft();
            }
        });
    }

    private void cancelMove() {
        if (move != null) {
            move.cancel();
            move = null;
        }
    }

    private void endLeft() {
        if (left != null) {
            left.end();
            left = null;
        }
    }

    private void lost(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.WAITING;
        call = null;
        cancelMove();
        if (mac.isEmpty()) {
            placement.failed(place);
        }
        metrics.mediaLost();
        if (!outageTold) {
            LOG.warnf("%s: the media-service, %s, is not available (%s), trying again", this, place, reason);
            outageTold = true;
            mediaUnavailable();
        } else {
            LOG.debugf("%s: the media-service, %s, is not available (%s)", this, place, reason);
        }
        // Another place may be there at once; the same one will not be.
        boolean elsewhere = place.edge() && failedAttempts == 0;
        setTimer(elsewhere ? 1 : retryDelay(failedAttempts), this::join);
        failedAttempts++;
    }

    /** Doubles up to the maximum; a fifth of it is random, so that a thousand browsers do not come back as one. */
    private long retryDelay(int attempt) {
        long max = Math.max(1, config.media().retryMax().toMillis());
        long base = Math.max(1, config.media().retryInitial().toMillis());
        long delay = Math.min(max, base << Math.min(attempt, 16));
        return Math.max(1, delay - ThreadLocalRandom.current().nextLong(delay / 5 + 1));
    }

    private void mediaUnavailable() {
        error(ErrorCode.MEDIA_UNAVAILABLE, outageTold
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
            switch (json.read(text)) {
                case BrowserMessage.Offer offer -> offer(offer);
                case BrowserMessage.Candidate candidate -> candidate(candidate);
                case BrowserMessage.Input input -> ofTheMoment("input", input.message());
                case BrowserMessage.Control control -> ofTheMoment("control", control.message());
                case BrowserMessage.Sharing sharing -> ofTheMoment("sharing", sharing.message());
                case BrowserMessage.Ping ping -> {
                    metrics.received("ping");
                    send("pong", json.pong(ping));
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
        if (state != State.CLOSED) {
            refuse(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "At most " + MessageLimits.MAX_MESSAGE_BYTES + " bytes are read.",
                    CLOSE_TOO_BIG);
        }
    }

    private boolean heard() {
        if (state == State.CLOSED) {
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
        if (state == State.JOINED) {
            forward(offer.message());
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
        // Candidates belong to an offer; one that the media-service never saw has no use for them.
        if (state == State.JOINED) {
            forward(candidate.message());
        }
    }

    /** What was said a moment ago is worth nothing to a service that comes back later. */
    private void ofTheMoment(String kind, ViewerMessage message) {
        metrics.received(kind);
        if (state == State.JOINED) {
            forward(message);
        }
    }

    private void forward(ViewerMessage message) {
        if (!call.send(message)) {
            call.end();
            lost("it stopped reading");
        }
    }

    // ---- to the browser

    private void error(ErrorCode code, String text) {
        metrics.error(code.text());
        send("error", json.error(code, text, false));
    }

    private void send(String kind, String text) {
        if (state == State.CLOSED) {
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
        outbox.send(json.error(code, text, true));
        close(code.text(), closeCode, code.text());
    }

    /** Refuses a browser that may try again later. */
    void refuseForNow(ErrorCode code, String text) {
        refuse(code, text, CLOSE_TRY_LATER);
    }

    /** Says goodbye because this service ends; from any thread. */
    void shutdown(Duration retryAfter, Runnable done) {
        context.runOnContext(ignored -> {
            if (state != State.CLOSED) {
                send("goodbye", json.goodbye("shutdown", retryAfter));
                close("shutdown", CLOSE_GOING_AWAY, "shutdown");
            }
            done.run();
        });
    }

    private void close(String reason, int code, String text) {
        if (state == State.CLOSED) {
            return;
        }
        metrics.closed(reason);
        release();
        connection.close(new CloseReason(code, text)).subscribe().with(ignored -> {}, failure ->
                LOG.debugf("%s: closing failed: %s", this, failure));
    }

    /** The WebSocket is closed, whoever closed it. */
    void closed() {
        if (state != State.CLOSED) {
            LOG.infof("%s left", this);
            release();
        }
    }

    private void release() {
        state = State.CLOSED;
        if (arrival != null) {
            arrival.run();
            arrival = null;
        }
        cancelTimer();
        vertx.cancelTimer(watchdog);
        cancelMove();
        endLeft();
        if (call != null) {
            call.end();
            call = null;
        }
    }

    private void setTimer(long milliseconds, Runnable action) {
        cancelTimer();
        timer = vertx.setTimer(milliseconds, ignored -> {
            timer = -1;
            action.run();
        });
    }

    private void cancelTimer() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
            timer = -1;
        }
    }

    @Override
    public String toString() {
        return "viewer " + viewerId + " at " + remoteAddress
                + token.map(t -> ", " + t).orElse("");
    }
}
