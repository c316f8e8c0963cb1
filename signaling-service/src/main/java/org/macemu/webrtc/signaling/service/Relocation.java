package org.macemu.webrtc.signaling.service;

import io.vertx.core.Vertx;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.api.grpc.Welcome;
import org.macemu.webrtc.signaling.client.MediaCall;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.placement.Place;

/**
 * One viewer's move to another place: joins there while the call of the present place stands. Confined to the event loop
 * of its browser.
 */
final class Relocation implements MediaCall.Listener {

    /** Told once, unless it was cancelled. */
    interface Listener {

        /** The new place takes the viewer; from now on what its call says goes to {@code next}. */
        MediaCall.Listener welcomed(Relocation move, Welcome welcome);

        void failed(Relocation move, String why);
    }

    private final Vertx vertx;
    private final Place place;
    private final Listener listener;
    private final MediaCall call;
    private final long timer;
    private MediaCall.Listener next;
    private boolean over;

    private Relocation(Vertx vertx, MediaClient media, Place place, long timeoutMs, Listener listener) {
        this.vertx = vertx;
        this.place = place;
        this.listener = listener;
        this.call = media.connect(place.address(), this);
        this.timer = vertx.setTimer(timeoutMs, ignored -> fail("no welcome within " + timeoutMs + " ms"));
    }

    static Relocation begin(
            Vertx vertx, MediaClient media, Place place, ViewerMessage join, long timeoutMs, Listener listener) {
        Relocation move = new Relocation(vertx, media, place, timeoutMs, listener);
        move.call.send(join);
        return move;
    }

    Place place() {
        return place;
    }

    MediaCall call() {
        return call;
    }

    @Override
    public void received(MediaMessage message) {
        if (next != null) {
            next.received(message);
        } else if (!over && message.hasWelcome()) {
            over = true;
            vertx.cancelTimer(timer);
            next = listener.welcomed(this, message.getWelcome());
        } else if (!over && (message.hasGoodbye() || message.hasError())) {
            fail(message.hasGoodbye()
                    ? "goodbye: " + message.getGoodbye().getReason()
                    : message.getError().getMessage());
        }
    }

    @Override
    public void ended(String reason) {
        if (next != null) {
            next.ended(reason);
        } else if (!over) {
            fail(reason);
        }
    }

    private void fail(String why) {
        cancel();
        listener.failed(this, why);
    }

    /** The viewer has left, or joins anew. */
    void cancel() {
        if (!over) {
            over = true;
            vertx.cancelTimer(timer);
            call.end();
        }
    }
}
