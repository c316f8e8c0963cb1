package org.macemu.webrtc.media.lane.shared;

import org.macemu.webrtc.media.capture.CaptureControl;

/**
 * Asks capture for a still picture again and again until the encoder has made it sharp. Capture repeats a picture a few
 * times by itself; a large or dithered one needs more.
 *
 * <p>Told by the capture thread, polled by the event loop.
 */
final class Refinement {

    /** Longer than a frame time of capture's own repetitions, so that both do not add up. */
    private static final long PAUSE_NANOS = 45_000_000L;

    /** Dither on a whole screen takes 5 s at 2 Mbit/s, half a minute at 300 kbit/s. Then it ends, whatever happened. */
    private static final long LIMIT_NANOS = 60_000_000_000L;

    private final CaptureControl capture;
    private volatile long changed;
    private volatile long due = Long.MAX_VALUE;

    Refinement(CaptureControl capture) {
        this.capture = capture;
    }

    /** The encoder was given a picture. */
    void encoded(boolean newPicture, boolean sharp, long now) {
        if (newPicture) {
            changed = now;
        }
        due = sharp || now - changed > LIMIT_NANOS ? Long.MAX_VALUE : now + PAUSE_NANOS;
    }

    /** Asks for the picture when it is time. @return nanoseconds until then */
    long poll(long now) {
        long at = due;
        if (at == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        if (at > now) {
            return at - now;
        }
        due = Long.MAX_VALUE;
        capture.requestFrame();
        return Long.MAX_VALUE;
    }
}
