package org.macemu.webrtc.media.session;

import java.util.Locale;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.Join;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Participants;
import org.macemu.webrtc.api.grpc.Pointers;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.api.grpc.ViewerMessage;

/**
 * One browser, from its Join until it leaves: who it is, and where its messages go. {@link Connections} has its media,
 * {@link InputGate} its keyboard and mouse, {@link ToBrowser} what it is told.
 *
 * <p>Messages come from signalling's event loop, events from the lanes' threads; the session's own lock orders them and
 * is never held for longer than a few field changes and calls that return at once.
 */
public final class ViewerSession {

    private static final Logger LOG = Logger.getLogger(ViewerSession.class);

    /** Where messages to the browser go. */
    public interface Outbox {
        /** Queues a message; never blocks. */
        void send(MediaMessage message);

        /** Ends the call after what is queued. */
        void complete();
    }

    private final Audience audience;
    private final ToBrowser browser;
    private final InputGate input;
    private final Connections connections;
    private final long since = System.nanoTime();
    private String id = "";
    private volatile Role role = Role.ROLE_GUEST;
    private volatile String name = "";
    private boolean invitedByName;
    private String remoteAddress = "";
    private Join.Token token = Join.Token.getDefaultInstance();
    private boolean joined;
    private boolean left;

    public ViewerSession(Audience audience, Outbox outbox) {
        this.audience = audience;
        this.browser = new ToBrowser(outbox);
        this.input = new InputGate(this, audience.input());
        this.connections = new Connections(this, audience, browser, input);
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
        return connections.isAway();
    }

    /** What it came with; the default instance when nobody was asked for one. */
    synchronized Join.Token token() {
        return token;
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
        connections.describe(info);
        return info.build();
    }

    /** Takes a message of the browser. */
    public synchronized void received(ViewerMessage message) {
        if (left) {
            return;
        }
        if (!joined && !message.hasJoin()) {
            sendError(
                    "message_invalid",
                    "The first message must be a join, found "
                            + message.getMessageCase().name().toLowerCase(Locale.ROOT),
                    true);
            browser.end();
            return;
        }
        switch (message.getMessageCase()) {
            case JOIN -> join(message.getJoin());
            case OFFER -> connections.offer(message.getOffer());
            case CANDIDATE -> connections.candidate(message.getCandidate());
            case INPUT -> input.received(message.getInput().getJson());
            case CONTROL -> audience.control(this, message.getControl());
            case RENAME -> rename(MessageLimits.readableName(message.getRename().getName()));
            case POINTER -> audience.pointer(this, message.getPointer());
            case MESSAGE_NOT_SET -> sendError("message_unknown_type", "An empty message", false);
        }
    }

    private void join(Join join) {
        if (joined) {
            sendError("message_invalid", "This browser has joined already", false);
            return;
        }
        if (!MessageLimits.isId(join.getViewerId())) {
            sendError("message_invalid", "viewer_id: expected 1 to 64 letters, digits, _ or -", true);
            browser.end();
            return;
        }
        if (!join.getToken().getId().isEmpty() && !MessageLimits.isId(join.getToken().getId())) {
            sendError("message_invalid", "token.id: expected at most 64 letters, digits, _ or -", true);
            browser.end();
            return;
        }
        if (audience.refuses(join.getToken())) {
            LOG.infof("Viewer %s from %s was sent away before, refused", join.getViewerId(), join.getRemoteAddress());
            browser.goodbye("removed", null);
            return;
        }
        if (audience.isClosed()) {
            browser.goodbye("shutdown", Audience.RETRY_AFTER_MILLIS);
            return;
        }
        joined = true;
        id = join.getViewerId();
        role(join.getRole());
        name = MessageLimits.readableName(join.getName());
        invitedByName = !name.isEmpty();
        remoteAddress = join.getRemoteAddress();
        token = join.getToken();
        LOG.infof("Viewer %s joined from %s as %s", id, join.getRemoteAddress(), role);
        browser.welcome(id, audience.settings().iceServers().of(id), audience.lanes().all());
        audience.joined(this);
    }

    /** The name of an invitation stays: somebody else vouches for it. */
    private void rename(String newName) {
        if (!invitedByName && !newName.equals(name)) {
            name = newName;
            audience.renamed();
        }
    }

    void tell(State state) {
        browser.state(state);
    }

    void tell(Pointers pointers) {
        browser.pointers(pointers);
    }

    void tell(Participants participants) {
        browser.participants(participants);
    }

    /** Asks the page to make a second connection elsewhere before it closes this one. */
    void move(String reason) {
        browser.move(reason);
    }

    /** Whether its lane cannot give it the whole picture. */
    synchronized boolean isStrained() {
        return connections.isStrained();
    }

    /** Asks the page to change lanes when its network calls for it. Several times a second. */
    synchronized void considerLane(long now, boolean roomForEncoder) {
        connections.considerLane(now, roomForEncoder);
    }

    void sendError(String code, String message, boolean fatal) {
        LOG.debugf("Viewer %s: %s: %s", id, code, message);
        if (!browser.error(code, message, fatal)) {
            sayGoodbye("error", Audience.RETRY_AFTER_MILLIS);
        }
    }

    /** Ends the session from our side. */
    void sayGoodbye(String reason, Integer retryAfterMillis) {
        browser.goodbye(reason, retryAfterMillis);
        left();
    }

    /** The browser is gone. Idempotent. */
    public synchronized void left() {
        if (left) {
            return;
        }
        left = true;
        connections.end();
        if (joined) {
            audience.left(this);
            LOG.infof("Viewer %s left", id);
        }
    }
}
