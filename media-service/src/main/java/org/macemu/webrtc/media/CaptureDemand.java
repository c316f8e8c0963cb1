package org.macemu.webrtc.media;

import java.util.function.Consumer;

/** Capture runs while anybody looks, here or at an edge. Thread-safe. */
final class CaptureDemand {

    private final Consumer<Boolean> capture;
    private boolean here;
    private boolean elsewhere;

    CaptureDemand(Consumer<Boolean> capture) {
        this.capture = capture;
    }

    synchronized void audience(boolean watching) {
        boolean before = here || elsewhere;
        here = watching;
        tell(before);
    }

    synchronized void edges(boolean watching) {
        boolean before = here || elsewhere;
        elsewhere = watching;
        tell(before);
    }

    private void tell(boolean before) {
        boolean now = here || elsewhere;
        if (now != before) {
            capture.accept(now);
        }
    }
}
