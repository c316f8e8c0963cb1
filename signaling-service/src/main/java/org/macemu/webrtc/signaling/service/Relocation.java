package org.macemu.webrtc.signaling.service;

import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;
import org.macemu.webrtc.signaling.client.MediaCall;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.placement.Place;
import org.macemu.webrtc.signaling.placement.ViewerPlacement;

/**
 * One viewer's move to another place: joins there while the call of the present place stands, and tries the next place
 * until one takes it. Owned by {@link MediaLink}; confined to the event loop of its browser.
 */
final class Relocation {

    private static final Logger LOG = Logger.getLogger(Relocation.class);

    /** Between two attempts to join elsewhere; the edge waits for two minutes. */
    private static final long RETRY_MS = 500;

    /** Told one of these, once, unless the move was cancelled. */
    interface Listener {

        /**
         * The new place takes the viewer.
         *
         * @return who is told what its call says from now on
         */
        MediaCall.Listener welcomed(Place place, MediaCall call, Welcome welcome);

        /** The viewer's session has no pod any more: its edges have nothing to show. */
        void nowhere();
    }

    private final Vertx vertx;
    private final MediaClient media;
    private final ViewerPlacement placement;
    private final Place from;
    private final Optional<String> session;
    private final boolean mayHoldControls;
    private final Function<String, ViewerMessage> join;
    private final long timeoutMs;
    private final Listener listener;
    private Attempt attempt;
    private long retry = -1;
    private boolean over;

    /**
     * A move that has not begun.
     *
     * @param from the place that is left; nobody else is sent there meanwhile
     * @param session whose Mac it is; empty for this server's own
     * @param join the message that joins under a viewer id
     * @param timeoutMs after which a place without a welcome has failed
     */
    Relocation(
            Vertx vertx,
            MediaClient media,
            ViewerPlacement placement,
            Place from,
            Optional<String> session,
            boolean mayHoldControls,
            Function<String, ViewerMessage> join,
            long timeoutMs,
            Listener listener) {
        this.vertx = vertx;
        this.media = media;
        this.placement = placement;
        this.from = from;
        this.session = session;
        this.mayHoldControls = mayHoldControls;
        this.join = join;
        this.timeoutMs = timeoutMs;
        this.listener = listener;
    }

    /** Looks for another place; at first, and each time that one fails. */
    void attempt() {
        placement.failed(from);
        Optional<Place> next = placement.choose(session, mayHoldControls);
        if (next.isPresent()) {
            attempt = new Attempt(next.get());
        } else {
            over = true;
            listener.nowhere();
        }
    }

    /** The viewer has left, or joins anew. */
    void cancel() {
        if (!over) {
            over = true;
            vertx.cancelTimer(retry);
            attempt.abandon();
        }
    }

    /** The call to one place, which becomes the viewer's when that place welcomes it. */
    private final class Attempt implements MediaCall.Listener {

        private final Place place;
        private final MediaCall call;
        private final long timer;
        private MediaCall.Listener next;
        private boolean abandoned;

        Attempt(Place place) {
            this.place = place;
            this.call = media.connect(place.address(), this);
            this.timer = vertx.setTimer(timeoutMs, ignored -> fail("no welcome within " + timeoutMs + " ms"));
            call.send(join.apply(ViewerId.next()));
        }

        @Override
        public void received(MediaMessage message) {
            if (next != null) {
                next.received(message);
            } else if (abandoned) {
                return;
            } else if (message.hasWelcome()) {
                over = true;
                vertx.cancelTimer(timer);
                next = listener.welcomed(place, call, message.getWelcome());
            } else if (message.hasGoodbye()) {
                String reason = message.getGoodbye().getReason();
                if (reason.equals("removed")) {
                    tryAgain("its token is refused");
                } else {
                    fail("goodbye: " + reason);
                }
            } else if (message.hasError()) {
                fail(message.getError().getMessage());
            }
        }

        @Override
        public void ended(String reason) {
            if (next != null) {
                next.ended(reason);
            } else if (!abandoned) {
                fail(reason);
            }
        }

        private void fail(String why) {
            placement.failed(place);
            tryAgain(why);
        }

        /** Elsewhere, or here again, which is no fault of this place's. */
        private void tryAgain(String why) {
            abandon();
            LOG.infof("Moving a viewer to %s failed (%s), trying again", place, why);
            retry = vertx.setTimer(RETRY_MS, ignored -> Relocation.this.attempt());
        }

        private void abandon() {
            abandoned = true;
            vertx.cancelTimer(timer);
            call.end();
        }
    }
}
