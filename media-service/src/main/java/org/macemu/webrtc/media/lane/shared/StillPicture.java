package org.macemu.webrtc.media.lane.shared;

import org.macemu.webrtc.media.capture.CaptureControl;

/**
 * Asks capture for a picture that stands still: again and again until the encoder has made it sharp (capture repeats a
 * picture a few times by itself; a large or dithered one needs more), and then now and then, so that receivers do not
 * take the stream for a broken one.
 *
 * <p>Told by the capture thread, polled by the event loop.
 */
final class StillPicture {

    /** Longer than a frame time of capture's own repetitions, so that both do not add up. */
    private static final long PAUSE_NANOS = 45_000_000L;

    /** Dither on a whole screen takes 5 s at 2 Mbit/s, half a minute at 300 kbit/s. Then it ends, whatever happened. */
    private static final long LIMIT_NANOS = 60_000_000_000L;

    /**
     * libwebrtc asks for a key frame when a stream had none to decode for 3 s: every viewer of a still Mac would, every
     * few seconds, and the picture would have to become sharp anew each time. A frame in which nothing changes has some
     * fifty bytes.
     */
    static final long REPETITION_NANOS = 2_000_000_000L;

    private final CaptureControl capture;
    private long changed;
    private long lastFrame;
    private volatile long due = Long.MAX_VALUE;

    StillPicture(CaptureControl capture) {
        this.capture = capture;
    }

    /** The encoder was given a picture. @param made whether that became a frame */
    void encoded(boolean newPicture, boolean made, boolean sharp, long now) {
        if (newPicture) {
            changed = now;
        }
        if (made) {
            lastFrame = now;
        }
        boolean done = sharp || now - changed > LIMIT_NANOS;
        due = Math.max(now + PAUSE_NANOS, done ? lastFrame + REPETITION_NANOS : 0);
    }

    /** Whether viewers have had no frame for so long that the next picture shall become one anyway. */
    boolean isOverdue(long now) {
        return now - lastFrame >= REPETITION_NANOS;
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
