package org.macemu.webrtc.media.lane.shared;

import org.macemu.webrtc.media.capture.CaptureControl;

/**
 * Gathers all wishes for a key frame into one, at most every {@link #INTERVAL_NANOS}: a key frame costs every viewer as
 * much as ten to twenty ordinary ones.
 *
 * <p>Wishes come from the event loop, key frames from the capture thread.
 */
final class KeyFrameRequests {

    static final long INTERVAL_NANOS = 500_000_000L;

    /** A picture is asked for again this often while a wish is due, should capture have none to give. */
    private static final long RETRY_NANOS = 50_000_000L;

    private final CaptureControl capture;
    private KeyFrameCause pending;
    private long last;
    private long asked;

    KeyFrameRequests(CaptureControl capture, long now) {
        this.capture = capture;
        this.last = now - INTERVAL_NANOS;
        this.asked = now - RETRY_NANOS;
    }

    /** Wishes for a key frame. The first cause counts. */
    void request(KeyFrameCause cause, long now) {
        synchronized (this) {
            if (pending == null) {
                pending = cause;
            }
        }
        poll(now);
    }

    /**
     * Asks capture for a picture when a wish is due.
     *
     * @return nanoseconds until it wants to be called again, {@link Long#MAX_VALUE} when nothing is wished
     */
    long poll(long now) {
        synchronized (this) {
            if (pending == null) {
                return Long.MAX_VALUE;
            }
            long wait = Math.max(last + INTERVAL_NANOS, asked + RETRY_NANOS) - now;
            if (wait > 0) {
                return wait;
            }
            asked = now;
        }
        capture.requestFrame();
        return RETRY_NANOS;
    }

    /** The cause, when the next picture has to be a key frame; the wish stays until {@link #made}. */
    synchronized KeyFrameCause due(long now) {
        return pending != null && now - last >= INTERVAL_NANOS ? pending : null;
    }

    /** A key frame was made: all wishes are fulfilled. */
    synchronized void made(long now) {
        pending = null;
        last = now;
    }

    /** Nobody is there to wish any more. */
    synchronized void clear() {
        pending = null;
    }
}
