package org.macemu.webrtc.media.session;

import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.ViewerStats;

/**
 * One browser's media connection: on which lane it is, and the move to the other one, during which there are two.
 *
 * <p>Under the session's lock. The session holds it when it calls; what lanes and timers call takes it here.
 */
final class Connections {

    private static final Logger LOG = Logger.getLogger(Connections.class);

    private final ViewerSession session;
    private final Audience audience;
    private final ToBrowser browser;
    private final InputGate input;
    private final LaneMoves moves = new LaneMoves();
    private Connection current;
    /** The connection that plays on until the one on the other lane flows. */
    private Connection leaving;
    private boolean pinned;
    private int candidates;
    private volatile boolean away;
    private boolean ended;
    private ScheduledFuture<?> idle;

    Connections(ViewerSession session, Audience audience, ToBrowser browser, InputGate input) {
        this.session = session;
        this.audience = audience;
        this.browser = browser;
        this.input = input;
        awaitOffer();
    }

    Object lock() {
        return session;
    }

    /** Whether the connection is gone and no other was offered. */
    boolean isAway() {
        return away;
    }

    /** A session that nobody watches, and that nobody ends, ends by itself. */
    private void awaitOffer() {
        idle = audience.after(audience.settings().idleTimeout(), this::idleTooLong);
    }

    private void idleTooLong() {
        synchronized (lock()) {
            if (!ended && current == null) {
                LOG.infof(
                        "Viewer %s has offered nothing for %s",
                        session.id(), audience.settings().idleTimeout());
                session.sayGoodbye("error", Audience.RETRY_AFTER_MILLIS);
            }
        }
    }

    /** Adds what an owner may know of the connection. */
    void describe(ViewerInfo.Builder info) {
        if (current != null) {
            ViewerStats stats = current.viewer().stats();
            info.setLane(current.lane().name())
                    .setConnected(stats.connected())
                    .setPacketsSent(stats.packetsSent())
                    .setBytesSent(stats.bytesSent())
                    .setPacketsLost(stats.packetsLost())
                    .setRoundTripMs(stats.roundTripMillis())
                    .setEstimatedBitsPerSecond(stats.estimatedBitsPerSecond());
        }
    }

    void offer(Offer offer) {
        String sdp = offer.getSdp();
        Optional<MessageLimits.Refusal> invalid = MessageLimits.ofOffer(sdp);
        if (invalid.isPresent()) {
            session.sendError(invalid.get().code(), invalid.get().message(), false);
            return;
        }
        candidates = 0;
        Optional<String> wanted = wanted(offer);
        if (current != null
                && (wanted.isEmpty() || wanted.get().equals(current.lane().name()))
                && current.isContinuedBy(sdp)) {
            current.viewer().offer(sdp);
            return;
        }
        Optional<Lane> lane = wanted.isPresent() ? audience.lanes().named(wanted.get()) : audience.lanes().firstFree();
        Optional<String> refusal = lane.isEmpty()
                ? Optional.of(wanted.map(w -> "this server has no lane \"" + w + "\"").orElse("every lane is full"))
                : lane.get().refusal();
        if (refusal.isPresent()) {
            session.sendError(wanted.isPresent() ? "lane_unavailable" : "capacity_reached", refusal.get(), false);
            return;
        }
        connect(lane.get(), sdp, wanted.isPresent());
    }

    private void connect(Lane lane, String sdp, boolean byName) {
        if (current != null && current.isProven() && current.lane() != lane) {
            close(leaving);
            leaving = current;
            current = null;
        } else {
            // Who names a lane first wants that lane; who is asked to move names it too.
            pinned = byName;
            closeAll();
        }
        idle.cancel(false);
        if (!audience.opened(lane)) {
            if (!stayWhereItWas()) {
                awaitOffer();
            }
            session.sendError(
                    "capacity_reached",
                    "This Mac has its " + audience.settings().maxViewers() + " viewers already; try again later",
                    false);
            return;
        }
        current = new Connection(lane, sdp, this, audience);
        away = false;
        current.open(
                session.id(), sdp, leaving == null ? 0 : leaving.viewer().stats().estimatedBitsPerSecond());
    }

    private static Optional<String> wanted(Offer offer) {
        return switch (offer.getLane()) {
            case LANE_SHARED -> Optional.of("shared");
            case LANE_ADAPTIVE -> Optional.of("adaptive");
            default -> Optional.empty();
        };
    }

    void candidate(Candidate candidate) {
        if (++candidates > MessageLimits.MAX_CANDIDATES_PER_OFFER) {
            if (candidates == MessageLimits.MAX_CANDIDATES_PER_OFFER + 1) {
                session.sendError(
                        "too_many_candidates",
                        "At most " + MessageLimits.MAX_CANDIDATES_PER_OFFER + " candidates an offer",
                        false);
            }
            return;
        }
        Optional<MessageLimits.Refusal> invalid = MessageLimits.ofCandidate(candidate);
        if (invalid.isPresent()) {
            session.sendError(invalid.get().code(), invalid.get().message(), false);
        } else if (current != null) {
            current.viewer()
                    .candidate(
                            candidate.getCandidate(),
                            candidate.getSdpMid(),
                            Math.max(0, candidate.getSdpMLineIndex()));
        }
    }

    /** Whether the lane in use cannot give the viewer the whole picture. */
    boolean isStrained() {
        return current != null && current.viewer().isStrained();
    }

    /** Asks the page to change lanes when its network calls for it. */
    void considerLane(long now, boolean roomForEncoder) {
        if (pinned || current == null || leaving != null || !current.isProven()) {
            return;
        }
        boolean shared = current.lane().demand() > 0;
        moves.movedTo(shared, now);
        Optional<Lane> other = audience.lanes().all().stream()
                .filter(lane -> lane.demand() > 0 != shared)
                .findFirst();
        if (other.isEmpty()) {
            return;
        }
        long demand = Math.max(current.lane().demand(), other.get().demand());
        boolean room = other.get().refusal().isEmpty() && (!shared || roomForEncoder);
        long estimate = current.viewer().stats().estimatedBitsPerSecond();
        if (moves.look(now, current.viewer().isStrained(), estimate, demand, room) != LaneMoves.Decision.STAY) {
            LOG.infof("Viewer %s is asked to move to the %s lane", session.id(), other.get().name());
            browser.moveTo(other.get());
        }
    }

    /** The session is over. */
    void end() {
        ended = true;
        idle.cancel(false);
        closeAll();
    }

    private void closeAll() {
        close(leaving);
        leaving = null;
        close(current);
        current = null;
    }

    private static void close(Connection connection) {
        if (connection != null) {
            connection.close();
        }
    }

    /** The move has failed, and the first connection is still there. */
    private boolean stayWhereItWas() {
        current = leaving;
        leaving = null;
        return current != null;
    }

    private boolean isCurrent(Connection connection) {
        synchronized (lock()) {
            return current == connection;
        }
    }

    void answered(Connection connection, String sdp) {
        if (isCurrent(connection)) {
            browser.answer(sdp, connection.lane());
        }
    }

    /** A candidate of our side. */
    void found(Connection connection, String candidate, String sdpMid, int sdpMLineIndex) {
        if (isCurrent(connection)) {
            browser.candidate(candidate, sdpMid, sdpMLineIndex);
        }
    }

    /** Media flows. If it is the second connection, the first one would only take its bandwidth. */
    void arrived(Connection flowing) {
        synchronized (lock()) {
            if (current == flowing) {
                close(leaving);
                leaving = null;
            }
        }
    }

    void input(Connection connection, String json) {
        synchronized (lock()) {
            if (current == connection || leaving == connection) {
                input.received(json);
            }
        }
    }

    /** Perhaps fatal to the connection, not to the session: the browser may offer again on the same WebSocket. */
    void failed(Connection connection, String code, String message) {
        synchronized (lock()) {
            if (current != connection) {
                return;
            }
            if (code.startsWith("input_")) {
                input.complain(code, message);
            } else {
                session.sendError(code, message, false);
            }
        }
    }

    void detached(Connection gone) {
        synchronized (lock()) {
            gone.countOut();
            if (leaving == gone) {
                leaving = null;
            } else if (current == gone && !stayWhereItWas()) {
                away = true;
                audience.vanished(session);
                if (audience.isClosed()) {
                    // It has moved elsewhere, or what ends here need not wait for it.
                    session.sayGoodbye("shutdown", Audience.RETRY_AFTER_MILLIS);
                } else if (!ended) {
                    awaitOffer();
                }
            }
        }
    }
}
