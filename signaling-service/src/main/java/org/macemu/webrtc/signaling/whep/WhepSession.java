package org.macemu.webrtc.signaling.whep;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.access.AccessToken;
import org.macemu.webrtc.api.grpc.Candidate;
import org.macemu.webrtc.api.grpc.Error;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.api.grpc.Lane;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Offer;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.signaling.client.Joins;
import org.macemu.webrtc.signaling.client.MediaCall;
import org.macemu.webrtc.signaling.message.MessageLimits;

/**
 * One player: the WHEP session it was given, and its call to the media-service, where it is a guest on the shared lane
 * (whose answers hold every candidate, as WHEP asks for).
 *
 * <pre>
 *   JOINING -- state: a Mac runs --> OFFERED -- answer --> WATCHING -- restart --> OFFERED
 *      |                                |                      |
 *      +------- refused, no Mac --------+---- DELETE, media ended, token expired ----> CLOSED
 * </pre>
 *
 * Owned by {@link WhepSessions}; confined to the event loop of the request that made it, so nothing here is locked.
 */
final class WhepSession implements MediaCall.Listener {

    private static final Logger LOG = Logger.getLogger(WhepSession.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** When a player may ask again whether there is a Mac to watch. */
    private static final int NO_MAC_RETRY_SECONDS = 5;

    private static final int FULL_RETRY_SECONDS = 10;

    /** How often a token is looked at: it may expire, and its key may be taken away. */
    private static final long TOKEN_LOOK_MILLIS = 2_000;

    /** Errors after which there is no media connection any more, whatever became of it. */
    private static final Set<String> MEDIA_OVER = Set.of("ice_failed", "dtls_failed", "internal");

    private enum State {
        JOINING,
        OFFERED,
        WATCHING,
        CLOSED
    }

    /**
     * What the player is answered.
     *
     * @param sdp the media-service's answer
     * @param entityTag of the ICE session, quotes included
     * @param iceServers STUN and TURN servers the player may use
     */
    record Answered(String sdp, String entityTag, List<IceServer> iceServers) {}

    private final String id = random(16);
    private final Optional<String> mac;
    private final Vertx vertx;
    private final Context context;
    private final long timeoutMillis;
    private final Runnable onClosed;
    private MediaCall call;
    private State state = State.JOINING;
    private String offer;
    private int version = 1;
    private String entityTag = "";
    private String ufrag = "";
    private List<IceServer> iceServers = List.of();
    private Promise<Answered> awaited;
    private long timer = -1;
    private long tokenLook = -1;
    private int candidates;

    /** @param mac the session of the Mac it watches; empty for this server's own */
    WhepSession(Optional<String> mac, Vertx vertx, long timeoutMillis, Consumer<WhepSession> onClosed) {
        this.mac = mac;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.timeoutMillis = timeoutMillis;
        this.onClosed = () -> onClosed.accept(this);
    }

    private static String random(int bytes) {
        byte[] value = new byte[bytes];
        RANDOM.nextBytes(value);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }

    /** 128 random bits: who knows it has the session. */
    String id() {
        return id;
    }

    Optional<String> mac() {
        return mac;
    }

    /** Runs something on this session's event loop. */
    void run(Runnable task) {
        context.runOnContext(ignored -> task.run());
    }

    /** Joins and offers; fails with {@link WhepProblem}. */
    Future<Answered> open(
            Function<MediaCall.Listener, MediaCall> media,
            String remoteAddress,
            Optional<AccessToken> token,
            BooleanSupplier tokenCounts,
            String sdp) {
        offer = sdp;
        ufrag = PlayerSdp.ufrag(sdp);
        if (token.isPresent()) {
            tokenLook = vertx.setPeriodic(TOKEN_LOOK_MILLIS, ignored -> {
                if (!tokenCounts.getAsBoolean()) {
                    LOG.infof("%s: its token has expired or is revoked", this);
                    close();
                }
            });
        }
        Future<Answered> answer = await();
        call = media.apply(this);
        call.send(ViewerMessage.newBuilder()
                // WHEP is for watching, whatever else the token would allow.
                .setJoin(Joins.of(remoteAddress, token, Role.ROLE_GUEST).setViewerId("whep-" + random(12)))
                .build());
        return answer.onFailure(ignored -> close());
    }

    private Future<Answered> await() {
        Promise<Answered> promise = Promise.promise();
        awaited = promise;
        timer = vertx.setTimer(timeoutMillis, ignored -> fail(new WhepProblem(
                WhepProblem.UNAVAILABLE, "The media service did not answer within " + timeoutMillis + " ms.", 1)));
        return promise.future();
    }

    /** Null when nobody waits. */
    private Promise<Answered> takeAwaited() {
        Promise<Answered> promise = awaited;
        awaited = null;
        vertx.cancelTimer(timer);
        return promise;
    }

    private void fail(WhepProblem problem) {
        Promise<Answered> promise = takeAwaited();
        if (promise != null) {
            if (state == State.OFFERED && !entityTag.isEmpty()) {
                // A restart that failed leaves the session as it was.
                state = State.WATCHING;
            }
            promise.fail(problem);
        }
    }

    @Override
    public void received(MediaMessage message) {
        switch (message.getMessageCase()) {
            case WELCOME -> iceServers = message.getWelcome().getIceServersList();
            case STATE -> {
                if (state == State.JOINING) {
                    offerIfMacRuns(message.getState().getEmulatorConnected());
                }
            }
            case ANSWER -> answered(message.getAnswer().getSdp());
            case ERROR -> error(message.getError());
            case GOODBYE -> {
                fail(farewell(message.getGoodbye().getReason()));
                close();
            }
            default -> {
                // Candidates are in the answer already; who else is here is nothing for a player.
            }
        }
    }

    private static WhepProblem farewell(String reason) {
        return reason.equals("removed")
                ? new WhepProblem(
                        WhepProblem.FORBIDDEN, "Who came with this token was sent away; ask an owner for a new link.")
                : new WhepProblem(WhepProblem.UNAVAILABLE, "The media service said goodbye: " + reason + ".", 1);
    }

    private void offerIfMacRuns(boolean running) {
        if (!running) {
            fail(new WhepProblem(
                    WhepProblem.CONFLICT, "No Mac is running here; there is nothing to watch yet.",
                    NO_MAC_RETRY_SECONDS));
            return;
        }
        state = State.OFFERED;
        send(offer);
    }

    private void send(String sdp) {
        if (!call.send(ViewerMessage.newBuilder()
                .setOffer(Offer.newBuilder().setSdp(sdp).setLane(Lane.LANE_SHARED))
                .build())) {
            fail(new WhepProblem(WhepProblem.UNAVAILABLE, "The media service stopped reading.", 1));
            close();
        }
    }

    private void answered(String sdp) {
        Promise<Answered> promise = takeAwaited();
        if (promise == null) {
            return;
        }
        state = State.WATCHING;
        entityTag = '"' + random(9) + '"';
        candidates = 0;
        promise.complete(new Answered(sdp, entityTag, iceServers));
    }

    private void error(Error error) {
        LOG.debugf("%s: %s: %s", this, error.getCode(), error.getMessage());
        boolean restarting = awaited != null && !entityTag.isEmpty();
        fail(switch (error.getCode()) {
            case "capacity_reached" ->
                new WhepProblem(WhepProblem.UNAVAILABLE, error.getMessage() + ".", FULL_RETRY_SECONDS);
            case "lane_unavailable", "internal" -> new WhepProblem(WhepProblem.UNAVAILABLE, error.getMessage() + ".");
            default -> new WhepProblem(WhepProblem.UNPROCESSABLE, error.getMessage() + ".");
        });
        if (error.getFatal() || MEDIA_OVER.contains(error.getCode()) && !restarting) {
            close();
        }
    }

    @Override
    public void ended(String reason) {
        call = null;
        fail(new WhepProblem(WhepProblem.UNAVAILABLE, "The media service cannot be reached.", 1));
        close();
    }

    /**
     * Takes candidates, or restarts ICE when the fragment has other credentials.
     *
     * @param match the If-Match header, null when there is none
     * @return what to answer; empty when candidates were taken. Fails with {@link WhepProblem}.
     */
    Future<Optional<Answered>> patch(String match, IceFragment fragment) {
        if (state == State.CLOSED) {
            return Future.failedFuture(new WhepProblem(WhepProblem.NOT_FOUND, "This session has ended."));
        }
        if (match == null) {
            return Future.failedFuture(new WhepProblem(
                    WhepProblem.PRECONDITION_REQUIRED,
                    "If-Match is missing; the ETag of the ICE session is expected, or * to restart ICE."));
        }
        boolean restart = !fragment.ufrag().isEmpty() && !fragment.ufrag().equals(ufrag);
        if (!match.strip().equals("*") && !match.strip().equals(entityTag)) {
            return Future.failedFuture(new WhepProblem(
                    WhepProblem.PRECONDITION_FAILED, "If-Match names another ICE session than the present one."));
        }
        if (restart) {
            return restart(fragment).map(Optional::of);
        }
        return candidates(fragment);
    }

    private Future<Optional<Answered>> candidates(IceFragment fragment) {
        for (String candidate : fragment.candidates()) {
            if (++candidates > MessageLimits.MAX_CANDIDATES_PER_OFFER) {
                return Future.failedFuture(new WhepProblem(
                        WhepProblem.BAD_REQUEST,
                        "More than " + MessageLimits.MAX_CANDIDATES_PER_OFFER + " candidates in one ICE session."));
            }
            call.send(candidate(candidate, fragment.mid()));
        }
        if (fragment.complete()) {
            call.send(candidate("", fragment.mid()));
        }
        return Future.succeededFuture(Optional.empty());
    }

    private static ViewerMessage candidate(String candidate, String mid) {
        return ViewerMessage.newBuilder()
                .setCandidate(Candidate.newBuilder().setCandidate(candidate).setSdpMid(mid))
                .build();
    }

    private Future<Answered> restart(IceFragment fragment) {
        if (awaited != null) {
            return Future.failedFuture(new WhepProblem(WhepProblem.CONFLICT, "ICE is being restarted already.", 1));
        }
        String renewed = PlayerSdp.restarted(offer, fragment, ++version);
        state = State.OFFERED;
        Future<Answered> answer = await();
        send(renewed);
        return answer.onSuccess(ignored -> {
            offer = renewed;
            ufrag = fragment.ufrag();
            candidates(fragment);
        });
    }

    /** Ends the session: the media connection with it. Idempotent. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        fail(new WhepProblem(WhepProblem.UNAVAILABLE, "The session has ended."));
        if (tokenLook >= 0) {
            vertx.cancelTimer(tokenLook);
        }
        if (call != null) {
            call.end();
            call = null;
        }
        onClosed.run();
    }

    @Override
    public String toString() {
        // Not the id: it opens the session.
        return "WHEP session " + id.substring(0, 4) + "...";
    }
}
