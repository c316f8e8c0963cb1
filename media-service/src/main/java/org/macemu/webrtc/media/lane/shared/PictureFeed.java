package org.macemu.webrtc.media.lane.shared;

import java.security.GeneralSecurityException;
import org.macemu.webrtc.media.lane.shared.transport.IcePeer;

/**
 * Lets one viewer follow the picture: where it starts, how much it is sent at a time, and what happens when its network
 * takes less than there is. Its queue is the part of the shared history between its cursor and the head, so that a slow
 * viewer costs no memory and nobody's time. Owned by {@link SharedViewer}; belongs to the event loop's thread.
 *
 * <pre>
 * WAITING --key frame, or served from the history--> FLOWING
 *    ^---- too far behind, picture lost beyond repair ----'
 * </pre>
 *
 * With two temporal layers a viewer loses the upper one first, which costs nobody a key frame.
 */
final class PictureFeed {

    /** Packets sent to one viewer before the others get their turn: a whole key frame usually. */
    private static final int LIVE_BURST = 192;

    /**
     * Packets of the history sent to a joiner in {@link #CATCH_UP_NANOS} at most: 75 Mbit/s. A socket's receive buffer of
     * Linux' default size (net.core.rmem_default, 208 KiB) holds some ninety packets, and Firefox, which has just
     * connected, empties it slowly: at 16 packets a millisecond it loses hundreds and asks for all of them again.
     */
    private static final int CATCH_UP_BURST = 8;

    private static final long CATCH_UP_NANOS = 1_000_000L;

    /**
     * A joiner is sent at most this many frames from the history: twenty seconds at 30 pictures a second, twenty minutes of
     * the repetitions of a still one, which are tiny but have to be decoded too (0.4 s in Chromium). libwebrtc holds 800
     * (kMaxFramesBuffered); it throws away what comes beyond them, then waits 3 s before it asks for a key frame.
     */
    static final int CATCH_UP_FRAMES = 600;

    /** A viewer on a stalled connection that is this late skips to a key frame: nobody wants an old picture. */
    private static final long MAX_STALL = 700_000_000L;

    /** ... or with this much waiting, a third of the smallest history. */
    private static final long MAX_BEHIND = 384;

    /**
     * A viewer that fell behind costs the others a key frame when it comes back: after 0.3 s at first, in which a
     * router's queue empties, then after twice as long each time, unless it had followed for a while.
     */
    private static final long MIN_RESUME_PAUSE = 300_000_000L;

    private static final long MAX_RESUME_PAUSE = 16_000_000_000L;
    private static final long KEY_FRAME_PATIENCE = 1_500_000_000L;
    private static final long GOOD_RUN = 20_000_000_000L;

    /** A picture that is paced later than this is better skipped. */
    private static final double MAX_LATE_SECONDS = 0.5;

    /** A viewer that is slowed down is sent this much at once, and again after at least this time. */
    private static final double PACE_SECONDS = 0.02;

    private static final long MIN_PACE = 2_000_000L;

    private final FanOut fanOut;
    private final IcePeer peer;
    private final OutgoingTrack track;
    private final long opened;
    private final LayerShedding shedding = new LayerShedding();
    private boolean catchingUp;
    private long caughtUpAt;
    private boolean sent;
    private long stalledSince;
    private long resumeAt;
    private long resumedAt;
    private long resumePause = MIN_RESUME_PAUSE;
    private long limit;
    private double allowance;
    private long allowanceTime;

    /** @param opened when the viewer's offer came, System.nanoTime */
    PictureFeed(FanOut fanOut, IcePeer peer, OutgoingTrack track, long opened) {
        this.fanOut = fanOut;
        this.peer = peer;
        this.track = track;
        this.opened = opened;
    }

    OutgoingTrack track() {
        return track;
    }

    /** Starts the picture at the last key frame if the history still has it and it is not far, else at the next. */
    void start(long now) {
        long key = fanOut.catchUpStart();
        if (key >= 0) {
            track.startAt(key);
            catchingUp = true;
            caughtUpAt = now - CATCH_UP_NANOS;
            fanOut.metrics().caughtUp((int) track.behind());
        } else {
            fanOut.keyFrames().request(KeyFrameCause.JOIN, now);
        }
    }

    /**
     * Sends no faster than this from now on, so that the viewer's network empties its queue.
     *
     * @param bitsPerSecond 0: as fast as pictures come
     */
    void limit(long bitsPerSecond, long now) {
        limit = bitsPerSecond;
        if (fanOut.layered()) {
            track.baseOnly(shedding.update(now, limit > 0));
        }
    }

    /** Whether there is nothing to spare the viewer but whole pictures up to a key frame. */
    boolean isBare() {
        return !fanOut.layered() || track.isBaseOnly();
    }

    /** Whether the viewer gets less than the others: it is slowed down, lacks a layer, or waits for a key frame. */
    boolean isCut() {
        return limit > 0 || resumeAt != 0 || track.isBaseOnly();
    }

    /** The viewer's path is another one: what stalled may flow now. */
    void pathChanged() {
        stalledSince = 0;
    }

    /** A key frame begins at this index of the history. */
    void keyFrame(long index) {
        if (!track.started() && peer.writable()) {
            track.startAt(index);
            resumeAt = 0;
            resumedAt = System.nanoTime();
        }
    }

    /**
     * Sends what is waiting.
     *
     * @return nanoseconds until there is more to do without anything happening
     */
    long pump(long now) throws GeneralSecurityException {
        if (track.started()) {
            return follow(now);
        }
        return resumeAt == 0 ? Long.MAX_VALUE : resume(now);
    }

    private long follow(long now) throws GeneralSecurityException {
        if (track.cursor() < fanOut.videoHistory().tail()) {
            skipToKeyFrame(now);
            return Long.MAX_VALUE;
        }
        int burst = catchingUp ? catchUpBurst(now) : LIVE_BURST;
        if (burst == 0) {
            return CATCH_UP_NANOS - (now - caughtUpAt);
        }
        long allowed = allowed(now);
        long before = track.bytes();
        int packets = allowed > 0 ? track.pump(burst, allowed) : 0;
        allowance -= track.bytes() - before;
        fanOut.count(packets);
        if (packets > 0 && !sent) {
            sent = true;
            fanOut.metrics().firstPicture(now - opened);
        }
        long behind = track.behind();
        if (behind == 0) {
            catchingUp = false;
            stalledSince = 0;
            return Long.MAX_VALUE;
        }
        if (packets == burst) {
            stalledSince = 0;
            return catchingUp ? CATCH_UP_NANOS : 0;
        }
        if (limit > 0 && peer.writable()) {
            if (behind * track.meanPacketBits() / limit >= MAX_LATE_SECONDS) {
                skipToKeyFrame(now);
                return Long.MAX_VALUE;
            }
            return Math.max(MIN_PACE, (long) (-allowance * 8e9 / limit));
        }
        // The network takes no more: the loop comes back when it does.
        if (stalledSince == 0) {
            stalledSince = now;
        }
        if (!catchingUp && behind > MAX_BEHIND || now - stalledSince > MAX_STALL) {
            skipToKeyFrame(now);
        }
        return Long.MAX_VALUE;
    }

    /** By the time, for whatever comes in makes the event loop go round. */
    private int catchUpBurst(long now) {
        int burst = (int) Math.min(CATCH_UP_BURST, (now - caughtUpAt) * CATCH_UP_BURST / CATCH_UP_NANOS);
        if (burst > 0) {
            caughtUpAt = now;
        }
        return burst;
    }

    /** Bytes the viewer may be sent now. */
    private long allowed(long now) {
        if (limit == 0) {
            allowance = 0;
            allowanceTime = now;
            return Long.MAX_VALUE / 2;
        }
        double bytesPerSecond = limit / 8.0;
        allowance = Math.min(allowance + (now - allowanceTime) / 1e9 * bytesPerSecond, PACE_SECONDS * bytesPerSecond);
        allowanceTime = now;
        return (long) allowance;
    }

    /** The viewer has lost the picture on a congested network; the key frame that is on its way may mend it yet. */
    void lostPicture(long now) {
        if (now - resumedAt > KEY_FRAME_PATIENCE) {
            skipToKeyFrame(now);
        }
    }

    /** Leaves everything up to the next key frame out: the picture cannot be followed any more. */
    void skipToKeyFrame(long now) {
        if (!track.started()) {
            return;
        }
        track.pause();
        catchingUp = false;
        stalledSince = 0;
        // The longer it could follow, the sooner it may try again.
        resumePause = now - resumedAt > GOOD_RUN ? MIN_RESUME_PAUSE : Math.min(2 * resumePause, MAX_RESUME_PAUSE);
        resumeAt = now + resumePause;
        fanOut.metrics().shed();
    }

    /** Asks for a key frame once the viewer's network takes packets again; any other key frame serves as well. */
    private long resume(long now) {
        if (!peer.writable()) {
            return Long.MAX_VALUE;
        }
        if (now < resumeAt) {
            return resumeAt - now;
        }
        resumeAt = now + resumePause;
        fanOut.keyFrames().request(KeyFrameCause.SLOW_VIEWER, now);
        return resumePause;
    }
}
