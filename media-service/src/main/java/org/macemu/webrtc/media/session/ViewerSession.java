package org.macemu.webrtc.media.session;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.api.grpc.Answer;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Error;
import org.macemu.webrtc.api.grpc.Goodbye;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Move;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Participants;
import org.macemu.webrtc.api.grpc.Pointers;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;
import org.macemu.webrtc.media.lane.ViewerStats;

/**
 * One browser, from its Join until it leaves: joined, then with a viewer on some lane, perhaps another viewer later.
 *
 * <p>Messages come from signalling's event loop, events from the lanes' threads; the session's own lock orders them and
 * is never held for longer than a few field changes and calls that return at once.
 */
public final class ViewerSession {

    private static final Logger LOG = Logger.getLogger(ViewerSession.class);
    private static final int MAX_SDP = 64 * 1024;
    private static final int MAX_CANDIDATE = 1024;
    private static final int MAX_NAME = 40;

    /** A name of a media section is a number or a word. */
    private static final int MAX_MID = 64;

    /** A browser has one candidate per network interface and protocol; a flood ends here. */
    private static final int MAX_CANDIDATES_PER_OFFER = 200;

    /** Input errors told to one browser; after that its input is dropped in silence. */
    private static final int MAX_INPUT_COMPLAINTS = 20;

    /**
     * Input messages of one browser in a second: a mouse of 1,000 Hz, a keyboard and a wheel at once. What comes beyond
     * is no person, and would drown the emulator.
     */
    private static final int MAX_INPUT_PER_SECOND = 2_500;

    /**
     * Errors told to one browser; a page makes a handful. One that makes more is sent away, which also bounds what lies
     * unread on a call that nobody reads.
     */
    private static final int MAX_ERRORS = 300;

    /** Where messages to the browser go. */
    public interface Outbox {
        /** Queues a message; never blocks. */
        void send(MediaMessage message);

        /** Ends the call after what is queued. */
        void complete();
    }

    private final Audience audience;
    private final Outbox outbox;
    private String id = "";
    private volatile Role role = Role.ROLE_GUEST;
    private volatile boolean away;
    private volatile String name = "";
    private boolean invitedByName;
    private String remoteAddress = "";
    private final long since = System.nanoTime();
    private boolean joined;
    private boolean left;
    private int candidates;
    private final AtomicInteger errors = new AtomicInteger();
    private int inputComplaints;
    private long inputSecond;
    private int inputInSecond;
    private Attachment attachment;
    /** The connection that plays on until the one on the other lane flows. */
    private Attachment leaving;
    private final LaneMoves moves = new LaneMoves();
    private boolean pinned;
    private ScheduledFuture<?> idle;

    public ViewerSession(Audience audience, Outbox outbox) {
        this.audience = audience;
        this.outbox = outbox;
        awaitViewer();
    }

    /** A session that nobody watches, and that nobody ends, ends by itself. */
    private void awaitViewer() {
        idle = audience.after(audience.settings().idleTimeout(), this::idleTooLong);
    }

    private synchronized void idleTooLong() {
        if (!left && attachment == null) {
            LOG.infof("Viewer %s has offered nothing for %s", id, audience.settings().idleTimeout());
            sayGoodbye("error", Audience.RETRY_AFTER_MILLIS);
        }
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    /** When it came, on the clock of System.nanoTime. */
    long since() {
        return since;
    }

    /**
     * Whether its connection is gone and no other was offered: a visitor who is back already under another id, when
     * signalling broke without a farewell.
     */
    boolean isAway() {
        return away;
    }

    Role role() {
        return role;
    }

    void role(Role newRole) {
        role = audience.isWatchOnly() ? Role.ROLE_GUEST : newRole;
    }

    /** What an owner may know of this viewer. */
    synchronized ViewerInfo info(boolean controls) {
        ViewerInfo.Builder info = ViewerInfo.newBuilder()
                .setViewerId(id)
                .setName(name)
                .setRole(role)
                .setRemoteAddress(remoteAddress)
                .setControls(controls)
                .setConnectedSeconds((System.nanoTime() - since) / 1e9)
                .setRoundTripMs(Double.NaN);
        if (attachment != null) {
            ViewerStats stats = attachment.viewer.stats();
            info.setLane(attachment.lane.name())
                    .setConnected(stats.connected())
                    .setPacketsSent(stats.packetsSent())
                    .setBytesSent(stats.bytesSent())
                    .setPacketsLost(stats.packetsLost())
                    .setRoundTripMs(stats.roundTripMillis())
                    .setEstimatedBitsPerSecond(stats.estimatedBitsPerSecond());
        }
        return info.build();
    }

    /** Takes a message of the browser. */
    public synchronized void received(ViewerMessage message) {
        if (left) {
            return;
        }
        if (!joined && !message.hasJoin()) {
            sendError("message_invalid", "The first message must be a join, found "
                    + message.getMessageCase().name().toLowerCase(Locale.ROOT), true);
            outbox.complete();
            return;
        }
        switch (message.getMessageCase()) {
            case JOIN -> join(message.getJoin());
            case OFFER -> offer(message.getOffer());
            case CANDIDATE -> candidate(message.getCandidate());
            case INPUT -> input(message.getInput().getJson());
            case CONTROL -> audience.control(this, message.getControl());
            case RENAME -> rename(message.getRename().getName());
            case POINTER -> audience.pointer(this, message.getPointer());
            case MESSAGE_NOT_SET -> sendError("message_unknown_type", "An empty message", false);
        }
    }

    private void join(Join join) {
        if (joined) {
            sendError("message_invalid", "This browser has joined already", false);
            return;
        }
        if (!join.getViewerId().matches("[A-Za-z0-9_-]{1,64}")) {
            sendError("message_invalid", "viewer_id: expected 1 to 64 letters, digits, _ or -", true);
            outbox.complete();
            return;
        }
        if (audience.isClosed()) {
            outbox.send(MediaMessage.newBuilder()
                    .setGoodbye(Goodbye.newBuilder()
                            .setReason("shutdown")
                            .setRetryAfterMs(Audience.RETRY_AFTER_MILLIS))
                    .build());
            outbox.complete();
            return;
        }
        joined = true;
        id = join.getViewerId();
        role = audience.isWatchOnly() ? Role.ROLE_GUEST : join.getRole();
        name = readable(join.getName());
        invitedByName = !name.isEmpty();
        remoteAddress = join.getRemoteAddress();
        LOG.infof("Viewer %s joined from %s as %s", id, join.getRemoteAddress(), role);
        Welcome.Builder welcome = Welcome.newBuilder()
                .setViewerId(id)
                .addAllIceServers(audience.settings().iceServers().of(id));
        audience.lanes().all().forEach(l -> welcome.addLanes(wireName(l)));
        outbox.send(MediaMessage.newBuilder().setWelcome(welcome).build());
        audience.joined(this);
    }

    private static org.macemu.webrtc.api.grpc.Lane wireName(Lane lane) {
        return lane.name().equals("shared")
                ? org.macemu.webrtc.api.grpc.Lane.LANE_SHARED
                : org.macemu.webrtc.api.grpc.Lane.LANE_ADAPTIVE;
    }

    private static String readable(String name) {
        String text = name.replaceAll("\\p{Cntrl}", "").strip();
        return text.substring(0, Math.min(text.length(), MAX_NAME));
    }

    /** The name of an invitation stays: somebody else vouches for it. */
    private void rename(String newName) {
        if (!invitedByName && !readable(newName).equals(name)) {
            name = readable(newName);
            audience.renamed();
        }
    }

    private void offer(Offer offer) {
        String sdp = offer.getSdp();
        if (sdp.length() > MAX_SDP) {
            sendError("sdp_too_large", "An offer of " + sdp.length() + " characters: at most " + MAX_SDP, false);
            return;
        }
        if (!sdp.startsWith("v=0") || sdp.indexOf('\0') >= 0) {
            sendError("sdp_invalid", "The offer is no session description: expected text that begins with v=0", false);
            return;
        }
        candidates = 0;
        Optional<String> wanted = wanted(offer);
        if (attachment != null && (wanted.isEmpty() || wanted.get().equals(attachment.lane.name()))
                && attachment.connectedOnce && OfferOrigin.of(sdp).equals(attachment.origin)) {
            attachment.viewer.offer(sdp);
            return;
        }
        Optional<Lane> lane = wanted.isPresent() ? audience.lanes().named(wanted.get()) : audience.lanes().firstFree();
        Optional<String> refusal = lane.isEmpty()
                ? Optional.of(wanted.map(w -> "this server has no lane \"" + w + "\"").orElse("every lane is full"))
                : lane.get().refusal();
        if (refusal.isPresent()) {
            sendError(wanted.isPresent() ? "lane_unavailable" : "capacity_reached", refusal.get(), false);
            return;
        }
        if (attachment != null && attachment.connectedOnce && attachment.lane != lane.get()) {
            release(leaving);
            leaving = attachment;
            attachment = null;
        } else {
            // Who names a lane first wants that lane; who is asked to move names it too.
            pinned = wanted.isPresent();
            detach();
        }
        idle.cancel(false);
        if (!audience.opened(lane.get())) {
            if (!stayWhereItWas()) {
                awaitViewer();
            }
            sendError(
                    "capacity_reached",
                    "This Mac has its " + audience.settings().maxViewers() + " viewers already; try again later",
                    false);
            return;
        }
        attachment = new Attachment(lane.get());
        away = false;
        attachment.open(sdp, leaving == null ? 0 : leaving.viewer.stats().estimatedBitsPerSecond());
    }

    private static Optional<String> wanted(Offer offer) {
        return switch (offer.getLane()) {
            case LANE_SHARED -> Optional.of("shared");
            case LANE_ADAPTIVE -> Optional.of("adaptive");
            default -> Optional.empty();
        };
    }

    private void candidate(Candidate candidate) {
        if (++candidates > MAX_CANDIDATES_PER_OFFER) {
            if (candidates == MAX_CANDIDATES_PER_OFFER + 1) {
                sendError("too_many_candidates", "At most " + MAX_CANDIDATES_PER_OFFER + " candidates an offer", false);
            }
        } else if (candidate.getCandidate().length() > MAX_CANDIDATE
                || candidate.getSdpMid().length() > MAX_MID
                || !candidate.getCandidate().isEmpty() && !candidate.getCandidate().startsWith("candidate:")) {
            sendError(
                    "candidate_invalid",
                    "Expected \"candidate:...\" of at most " + MAX_CANDIDATE + " characters and an sdpMid of at most "
                            + MAX_MID + ", found " + candidate.getCandidate().length() + " and "
                            + candidate.getSdpMid().length(),
                    false);
        } else if (attachment != null) {
            attachment.viewer.candidate(
                    candidate.getCandidate(), candidate.getSdpMid(), Math.max(0, candidate.getSdpMLineIndex()));
        }
    }

    /** With the session's lock: a viewer that has left holds nothing down. */
    private void input(String json) {
        long second = System.nanoTime() / 1_000_000_000L;
        if (second != inputSecond) {
            inputSecond = second;
            inputInSecond = 0;
        }
        if (++inputInSecond > MAX_INPUT_PER_SECOND) {
            complain("rate_limited", "More than " + MAX_INPUT_PER_SECOND + " input messages in a second");
            return;
        }
        try {
            if (!audience.input().route(id, json)) {
                complain(
                        "input_not_allowed",
                        role == Role.ROLE_GUEST
                                ? "This viewer is a guest and watches; its keyboard and mouse do not reach the Mac"
                                : "Somebody else holds the controls; ask for them first");
            }
        } catch (ControlProtocolException e) {
            complain("input_invalid", e.getMessage());
        }
    }

    private void complain(String code, String message) {
        if (inputComplaints++ < MAX_INPUT_COMPLAINTS) {
            sendError(code, message, false);
        }
    }

    void tell(State state) {
        outbox.send(MediaMessage.newBuilder().setState(state).build());
    }

    void tell(Pointers pointers) {
        outbox.send(MediaMessage.newBuilder().setPointers(pointers).build());
    }

    void tell(Participants participants) {
        outbox.send(MediaMessage.newBuilder().setParticipants(participants).build());
    }

    void sendError(String code, String message, boolean fatal) {
        LOG.debugf("Viewer %s: %s: %s", id, code, message);
        if (errors.incrementAndGet() > MAX_ERRORS) {
            sayGoodbye("error", Audience.RETRY_AFTER_MILLIS);
            return;
        }
        outbox.send(MediaMessage.newBuilder()
                .setError(Error.newBuilder().setCode(code).setMessage(message).setFatal(fatal))
                .build());
    }

    /** Asks the page to change lanes when its network calls for it. Several times a second. */
    synchronized void considerLane(long now, boolean roomForEncoder) {
        if (left || pinned || attachment == null || leaving != null || !attachment.connectedOnce) {
            return;
        }
        boolean shared = attachment.lane.demand() > 0;
        moves.movedTo(shared, now);
        Optional<Lane> other = audience.lanes().all().stream()
                .filter(lane -> lane.demand() > 0 != shared)
                .findFirst();
        if (other.isEmpty()) {
            return;
        }
        long demand = Math.max(attachment.lane.demand(), other.get().demand());
        boolean room = other.get().refusal().isEmpty() && (!shared || roomForEncoder);
        long estimate = attachment.viewer.stats().estimatedBitsPerSecond();
        if (moves.look(now, attachment.viewer.isStrained(), estimate, demand, room) != LaneMoves.Decision.STAY) {
            LOG.infof("Viewer %s is asked to move to the %s lane", id, other.get().name());
            outbox.send(MediaMessage.newBuilder()
                    .setMove(Move.newBuilder().setReason("network").setLane(wireName(other.get())))
                    .build());
        }
    }

    /** Asks the page to make a second connection elsewhere before it closes this one. */
    void move(String reason) {
        outbox.send(MediaMessage.newBuilder()
                .setMove(Move.newBuilder().setReason(reason))
                .build());
    }

    /** Ends the session from our side. */
    void sayGoodbye(String reason, Integer retryAfterMillis) {
        Goodbye.Builder goodbye = Goodbye.newBuilder().setReason(reason);
        if (retryAfterMillis != null) {
            goodbye.setRetryAfterMs(retryAfterMillis);
        }
        outbox.send(MediaMessage.newBuilder().setGoodbye(goodbye).build());
        outbox.complete();
        left();
    }

    /** The browser is gone. Idempotent. */
    public synchronized void left() {
        if (left) {
            return;
        }
        left = true;
        idle.cancel(false);
        detach();
        if (joined) {
            audience.left(this);
            LOG.infof("Viewer %s left", id);
        }
    }

    private void detach() {
        release(leaving);
        leaving = null;
        release(attachment);
        attachment = null;
    }

    private static void release(Attachment gone) {
        if (gone != null) {
            gone.end();
            gone.viewer.close();
        }
    }

    /** The move has failed, and the first connection is still there. */
    private boolean stayWhereItWas() {
        attachment = leaving;
        leaving = null;
        return attachment != null;
    }

    /** The second connection flows: the first one would only take its bandwidth. */
    private synchronized void arrived(Attachment flowing) {
        if (attachment == flowing) {
            release(leaving);
            leaving = null;
        }
    }

    private synchronized void detached(Attachment gone) {
        gone.end();
        if (leaving == gone) {
            leaving = null;
        } else if (attachment == gone && !stayWhereItWas()) {
            away = true;
            audience.vanished(this);
            if (audience.isClosed()) {
                // It has moved elsewhere, or what ends here need not wait for it.
                sayGoodbye("shutdown", Audience.RETRY_AFTER_MILLIS);
            } else if (!left) {
                awaitViewer();
            }
        }
    }

    /** A viewer of this session on one lane; events of a viewer that was replaced go nowhere. */
    private final class Attachment implements ViewerEvents {

        private final Lane lane;
        private String origin = "";
        private Viewer viewer;
        private ScheduledFuture<?> timeout;
        private volatile boolean connectedOnce;
        private boolean counted = true;

        Attachment(Lane lane) {
            this.lane = lane;
        }

        void open(String sdp, long bitsPerSecond) {
            origin = OfferOrigin.of(sdp);
            viewer = lane.open(id, sdp, this, bitsPerSecond);
            timeout = audience.after(audience.settings().connectTimeout(), this::timedOut);
        }

        /** Counts the viewer out, once. */
        void end() {
            synchronized (ViewerSession.this) {
                if (!counted) {
                    return;
                }
                counted = false;
                timeout.cancel(false);
            }
            audience.closedOne(lane);
        }

        private void timedOut() {
            if (!connectedOnce) {
                error(
                        "ice_failed",
                        "No media connection within "
                                + audience.settings().connectTimeout().toSeconds()
                                + " s: the browser cannot reach this server's media port, or a firewall blocks it",
                        true);
                viewer.close();
            }
        }

        private boolean isCurrent() {
            synchronized (ViewerSession.this) {
                return attachment == this;
            }
        }

        @Override
        public void answered(String sdp) {
            if (isCurrent()) {
                outbox.send(MediaMessage.newBuilder()
                        .setAnswer(Answer.newBuilder().setSdp(sdp).setLane(wireName(lane)))
                        .build());
            }
        }

        @Override
        public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {
            if (isCurrent()) {
                outbox.send(MediaMessage.newBuilder()
                        .setCandidate(Candidate.newBuilder()
                                .setCandidate(candidate)
                                .setSdpMid(sdpMid == null ? "" : sdpMid)
                                .setSdpMLineIndex(sdpMLineIndex))
                        .build());
            }
        }

        @Override
        public void connected() {
            connectedOnce = true;
            arrived(this);
        }

        @Override
        public void input(String json) {
            synchronized (ViewerSession.this) {
                if (attachment == this || leaving == this) {
                    ViewerSession.this.input(json);
                }
            }
        }

        @Override
        public void error(String code, String message, boolean fatal) {
            if (!isCurrent()) {
                return;
            }
            if (code.startsWith("input_")) {
                complain(code, message);
            } else {
                // Fatal to the viewer, not to the session: the browser may offer again on the same WebSocket.
                sendError(code, message, false);
            }
        }

        @Override
        public void closed() {
            detached(this);
        }
    }
}
