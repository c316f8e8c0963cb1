package org.macemu.webrtc.signaling.service;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;
import org.macemu.webrtc.signaling.client.MediaCall;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.placement.Place;
import org.macemu.webrtc.signaling.placement.ViewerPlacement;
import org.macemu.webrtc.signaling.sessions.SessionPods;

/**
 * Keeps one browser joined as a viewer: finds a place, joins there, tries again when the call breaks, waits while the
 * Mac has no pod, and moves when an edge ends.
 *
 * <pre>
 *                 welcome
 *   JOINING --------------------> JOINED
 *    ^   |  refused, ended,        |  ended
 *    |   v  no welcome in time     v
 *    +-- WAITING <-----------------+        any --- close() ---> CLOSED
 *        250 ms .. 2 s                      (half-closes the call)
 * </pre>
 *
 * Each join has a viewer id of its own, because the media-service may still hold the viewer of a call that broke.
 *
 * <p>Owned by {@link BrowserSession}; confined to the event loop of its WebSocket, so nothing here is locked.
 */
final class MediaLink {

    private static final Logger LOG = Logger.getLogger(MediaLink.class);

    private static final String DRAIN = "drain";

    /** A page that has not left the old connection by now will not: it is told to move, connects and closes in a second. */
    private static final long MOVED_MS = 20_000;

    private enum State {
        JOINING,
        JOINED,
        WAITING,
        CLOSED
    }

    /**
     * Who joins.
     *
     * @param join what the media-service is told, without the viewer id
     * @param mayHoldControls whether its token says so; where nobody is asked for a token, everybody may hold the controls
     *     at the origin, and nobody goes there for it
     * @param session whose Mac it is; empty for this server's own
     * @param description for logs
     */
    record Viewer(Join join, boolean mayHoldControls, Optional<String> session, String description) {}

    /** The browser's side. Nothing is reported any more once the link is closed. */
    interface Listener {

        /** A message for the browser; a welcome or a move with a viewer id: offers go to another place from now on. */
        void received(MediaMessage message);

        /** The media-service went away; a welcome follows when it, or another place, is there. Told once an outage. */
        void away();

        /** The Mac of this session has no pod yet; a welcome follows when it has. Told once. */
        void starting(String session);
    }

    private final Vertx vertx;
    private final Context context;
    private final MediaClient media;
    private final ViewerPlacement placement;
    private final SessionPods pods;
    private final SignalingConfig.Media config;
    private final SignalingMetrics metrics;
    private final Viewer viewer;
    private final Listener listener;

    private State state = State.WAITING;
    private MediaCall call;
    private CallListener listening;
    private Place place;
    private Relocation move;

    /** The call of the place a move began at, until the page has left it. */
    private MediaCall left;

    private String viewerId = "";
    private boolean outageTold;
    private boolean startTold;

    /** Ends the wait for the Mac's pod. */
    private Runnable arrival;

    private int failedAttempts;
    private long timer = -1;

    MediaLink(
            Vertx vertx,
            MediaClient media,
            ViewerPlacement placement,
            SessionPods pods,
            SignalingConfig.Media config,
            SignalingMetrics metrics,
            Viewer viewer,
            Listener listener) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.media = media;
        this.placement = placement;
        this.pods = pods;
        this.config = config;
        this.metrics = metrics;
        this.viewer = viewer;
        this.listener = listener;
    }

    /** Whether what the browser says reaches a media-service. */
    boolean isJoined() {
        return state == State.JOINED;
    }

    /** Whether the browser was told that the media-service is away, and it still is. */
    boolean isAway() {
        return outageTold;
    }

    // ---- joining

    /** Begins; once. */
    void join() {
        Optional<Place> chosen = placement.choose(viewer.session(), viewer.mayHoldControls());
        if (chosen.isEmpty()) {
            awaitPod(viewer.session().orElseThrow());
            return;
        }
        place = chosen.get();
        state = State.JOINING;
        viewerId = ViewerId.next();
        listening = new CallListener();
        MediaCall opened = media.connect(place.address(), listening);
        call = opened;
        opened.send(joinAs(viewerId));
        long timeoutMs = config.welcomeTimeout().toMillis();
        setTimer(timeoutMs, () -> {
            opened.end();
            lost("no welcome within " + timeoutMs + " ms");
        });
    }

    /** The browser is told once, and joins when the pod has come. */
    private void awaitPod(String session) {
        state = State.WAITING;
        if (!startTold) {
            startTold = true;
            listener.starting(session);
        }
        // Told, the browser may have been found not to read, and the link is closed.
        if (arrival == null && state == State.WAITING) {
            arrival = pods.whenThere(session, () -> context.runOnContext(ignored -> {
                arrival = null;
                if (state == State.WAITING) {
                    cancelTimer();
                    join();
                }
            }));
        }
    }

    private ViewerMessage joinAs(String id) {
        return ViewerMessage.newBuilder()
                .setJoin(viewer.join().toBuilder().setViewerId(id))
                .build();
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
        if (message.hasWelcome()) {
            state = State.JOINED;
            outageTold = false;
            startTold = false;
            failedAttempts = 0;
            cancelTimer();
            LOG.infof("%s joined", this);
        }
        listener.received(message);
    }

    private void lost(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.WAITING;
        call = null;
        cancelMove();
        placement.failed(place);
        metrics.mediaLost();
        if (outageTold || startTold) {
            // A Mac's pod has an address before its media-service listens: who waits for the Mac is told nothing new.
            LOG.debugf("%s: the media-service, %s, is not available (%s)", this, place, reason);
        } else {
            LOG.warnf("%s: the media-service, %s, is not available (%s), trying again", this, place, reason);
            outageTold = true;
            listener.away();
            if (state == State.CLOSED) {
                return;
            }
        }
        // Another place may be there at once; the same one will not be.
        boolean elsewhere = place.edge() && failedAttempts == 0;
        setTimer(elsewhere ? 1 : retryDelay(failedAttempts), this::join);
        failedAttempts++;
    }

    /** Doubles up to the maximum; a fifth of it is random, so that a thousand browsers do not come back as one. */
    private long retryDelay(int attempt) {
        long max = Math.max(1, config.retryMax().toMillis());
        long base = Math.max(1, config.retryInitial().toMillis());
        long delay = Math.min(max, base << Math.min(attempt, 16));
        return Math.max(1, delay - ThreadLocalRandom.current().nextLong(delay / 5 + 1));
    }

    // ---- moving

    /** The edge is about to end: joins elsewhere, while the viewer stays where it is. */
    private void relocate() {
        if (move == null && state == State.JOINED) {
            move = new Relocation(
                    vertx,
                    media,
                    placement,
                    place,
                    viewer.session(),
                    viewer.mayHoldControls(),
                    this::joinAs,
                    config.welcomeTimeout().toMillis(),
                    new MoveListener());
            move.attempt();
        }
    }

    private final class MoveListener implements Relocation.Listener {

        @Override
        public MediaCall.Listener welcomed(Place to, MediaCall calling, Welcome welcome) {
            return moved(to, calling, welcome);
        }

        @Override
        public void nowhere() {
            call.end();
            lost("it ends, and the Mac has no pod");
        }
    }

    /** The page is told; its next offer goes to the new place, and the old connection plays on until it is closed. */
    private MediaCall.Listener moved(Place to, MediaCall calling, Welcome welcome) {
        LOG.infof("%s moves from %s to %s", this, place, to);
        move = null;
        leave(call);
        call = calling;
        place = to;
        viewerId = welcome.getViewerId();
        listening = new CallListener();
        CallListener next = listening;
        listener.received(MediaMessage.newBuilder()
                .setMove(Move.newBuilder()
                        .setReason(DRAIN)
                        .setViewerId(viewerId)
                        .addAllIceServers(welcome.getIceServersList())
                        .addAllLanes(welcome.getLanesList()))
                .build());
        return next;
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

    // ---- from the browser

    /** Passes a message on; what comes while no media-service has welcomed the viewer is worth nothing to a later one. */
    void send(ViewerMessage message) {
        if (state == State.JOINED && !call.send(message)) {
            call.end();
            lost("it stopped reading");
        }
    }

    /** The browser left. Idempotent. */
    void close() {
        state = State.CLOSED;
        if (arrival != null) {
            arrival.run();
            arrival = null;
        }
        cancelTimer();
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
        return "viewer " + viewerId + " at " + viewer.description();
    }
}
