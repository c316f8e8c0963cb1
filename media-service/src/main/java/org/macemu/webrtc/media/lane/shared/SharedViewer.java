package org.macemu.webrtc.media.lane.shared;

import java.security.GeneralSecurityException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;
import org.macemu.webrtc.media.lane.ViewerStats;
import org.macemu.webrtc.media.lane.shared.rtp.RtcpReader;
import org.macemu.webrtc.media.lane.shared.sdp.Offer;
import org.macemu.webrtc.media.lane.shared.transport.IcePeer;
import org.macemu.webrtc.media.lane.shared.transport.TransportMetrics;

/**
 * One browser on the shared lane: its negotiation, its two tracks, and what its receiver reports. The public methods
 * may be called by any thread; everything else belongs to the event loop's thread.
 *
 * <pre>
 * picture:  (none) --established--> WAITING --key frame, or served from the history--> FLOWING
 *                                      ^---- too far behind, picture lost beyond repair ----'
 * </pre>
 */
final class SharedViewer implements Viewer, IcePeer.Listener, RtcpReader.Handler {

    private static final Logger LOG = Logger.getLogger(SharedViewer.class);

    /** Packets sent to one viewer before the others get their turn: a whole key frame usually. */
    private static final int LIVE_BURST = 192;

    /**
     * Packets of the history sent to a joiner per round, and the pause between: 64 packets per millisecond fill a
     * browser's receive buffer no faster than it empties it.
     */
    private static final int CATCH_UP_BURST = 64;

    private static final long CATCH_UP_PAUSE = 1_000_000L;

    /** A viewer on a stalled connection that is this late skips to a key frame: nobody wants an old picture. */
    private static final long MAX_STALL = 700_000_000L;

    /** ... or with this much waiting, a third of the smallest history. */
    private static final long MAX_BEHIND = 384;

    /**
     * A viewer that fell behind costs the others a key frame when it comes back: after one second at first, then after
     * twice as long each time, unless it had followed for a while.
     */
    private static final long MIN_RESUME_PAUSE = 1_000_000_000L;

    private static final long MAX_RESUME_PAUSE = 16_000_000_000L;
    private static final long GOOD_RUN = 20_000_000_000L;

    /** Sound that could not be sent is skipped rather than played late: 25 packets are 0.5 s. */
    private static final long MAX_SOUND_BEHIND = 25;

    private final String id;
    private final SharedLane lane;
    private final FanOut fanOut;
    private final ViewerEvents events;
    private final Negotiation negotiation;
    private final IcePeer peer;
    private final long opened = System.nanoTime();
    private final int videoSsrc = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    private final int audioSsrc = videoSsrc ^ 0x40000000;
    private final AtomicBoolean reportedClosed = new AtomicBoolean();

    private OutgoingTrack video;
    private OutgoingTrack audio;
    private ResendBudget resends;
    private boolean connected;
    private boolean closed;
    private boolean restarting;
    private boolean catchingUp;
    private boolean pictureSent;
    private long stalledSince;
    private long resumeAt;
    private long resumedAt;
    private long resumePause = MIN_RESUME_PAUSE;
    private long nextReport;
    private int nackedNow;
    private int resentNow;
    private long resentBytesNow;

    /** Snapshot for {@link #stats}, written by the loop. */
    private volatile ViewerStats stats = new ViewerStats(false, 0, 0, 0, Double.NaN, 0);

    private int videoLost;
    private int audioLost;
    private double roundTripMillis = Double.NaN;
    private long estimate;

    SharedViewer(String id, SharedLane lane, FanOut fanOut, Negotiation negotiation, ViewerEvents events) {
        this.id = id;
        this.lane = lane;
        this.fanOut = fanOut;
        this.events = events;
        this.negotiation = negotiation;
        this.peer = fanOut.transport().peer(id, this);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public void offer(String offerSdp) {
        lane.negotiate(() -> negotiation.answer(this, offerSdp));
    }

    /** An ICE-lite agent answers checks and sends none: it has no use for the browser's candidates. */
    @Override
    public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {}

    @Override
    public ViewerStats stats() {
        return stats;
    }

    @Override
    public void close() {
        fanOut.loop().execute(this::end);
    }

    int videoSsrc() {
        return videoSsrc;
    }

    int audioSsrc() {
        return audioSsrc;
    }

    IcePeer peer() {
        return peer;
    }

    ViewerEvents events() {
        return events;
    }

    FanOut fanOut() {
        return fanOut;
    }

    boolean isClosed() {
        return closed;
    }

    /** The offer could not be answered. Any thread. */
    void offerFailed(String code, String message, boolean fatal) {
        events.error(code, message, fatal);
        if (fatal) {
            close();
        }
    }

    /** An ICE restart was answered: {@link #pathChanged} then means that it worked. */
    void restarting() {
        restarting = true;
    }

    @Override
    public void established() {
        Offer offer = negotiation.agreed();
        try {
            Offer.Section picture = offer.section(Offer.Kind.VIDEO).orElse(null);
            Offer.Section sound = offer.section(Offer.Kind.AUDIO).orElse(null);
            if (picture != null) {
                video = new OutgoingTrack(
                        fanOut.videoHistory(),
                        peer,
                        peer.srtp().stream(videoSsrc),
                        fanOut.buffer(),
                        picture.payloadType(),
                        videoSsrc,
                        picture.playoutDelayId());
            }
            if (sound != null) {
                audio = new OutgoingTrack(
                        fanOut.audioHistory(),
                        peer,
                        peer.srtp().stream(audioSsrc),
                        fanOut.buffer(),
                        sound.payloadType(),
                        audioSsrc,
                        0);
                audio.startAt(fanOut.audioHistory().head());
            }
        } catch (GeneralSecurityException e) {
            lost("dtls_failed", "SRTP could not be set up: " + e.getMessage());
            return;
        }
        long now = System.nanoTime();
        resends = new ResendBudget(fanOut.resendBytesPerSecond(), now);
        connected = true;
        nextReport = now;
        LOG.debugf("%s: connected over %s, %d ms after the offer", id, peer.describePath(), (now - opened) / 1_000_000);
        events.connected();
        if (video != null) {
            startPicture(now);
        }
        fanOut.connectionsChanged();
    }

    @Override
    public void pathChanged() {
        stalledSince = 0;
        if (restarting && connected) {
            restarting = false;
            events.connected();
        }
    }

    @Override
    public void lost(String code, String reason) {
        LOG.debugf("%s: %s", id, reason);
        if (code != null) {
            events.error(code, reason, true);
        }
        end();
    }

    boolean connected() {
        return connected;
    }

    boolean hasPicture() {
        return video != null && video.started() && !catchingUp;
    }

    /**
     * Sends what is waiting.
     *
     * @return nanoseconds until there is more to do without anything happening
     */
    long pump(long now) {
        if (!connected) {
            return Long.MAX_VALUE;
        }
        try {
            long wait = Long.MAX_VALUE;
            if (audio != null) {
                fanOut.count(audio.pump(LIVE_BURST));
                if (audio.behind() > MAX_SOUND_BEHIND) {
                    audio.pause();
                    audio.startAt(fanOut.audioHistory().head());
                }
            }
            if (video != null && video.started()) {
                wait = pumpPicture(now);
            } else if (resumeAt != 0) {
                wait = resume(now);
            }
            return wait;
        } catch (GeneralSecurityException e) {
            lost("internal", "SRTP: " + e.getMessage());
            return Long.MAX_VALUE;
        }
    }

    private long pumpPicture(long now) throws GeneralSecurityException {
        if (video.cursor() < fanOut.videoHistory().tail()) {
            skipToKeyFrame(now);
            return Long.MAX_VALUE;
        }
        int limit = catchingUp ? CATCH_UP_BURST : LIVE_BURST;
        int sent = video.pump(limit);
        fanOut.count(sent);
        if (sent > 0 && !pictureSent) {
            pictureSent = true;
            fanOut.metrics().firstPicture(now - opened);
        }
        long behind = video.behind();
        if (behind == 0) {
            catchingUp = false;
            stalledSince = 0;
            return Long.MAX_VALUE;
        }
        if (sent == limit) {
            stalledSince = 0;
            return catchingUp ? CATCH_UP_PAUSE : 0;
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

    /** Starts the picture at the last key frame if the history still has it and it is not far, else at the next. */
    private void startPicture(long now) {
        long key = fanOut.catchUpStart(this);
        if (key >= 0) {
            video.startAt(key);
            catchingUp = true;
            fanOut.metrics().caughtUp((int) video.behind());
        } else {
            fanOut.keyFrames().request(KeyFrameCause.JOIN, now);
        }
    }

    private void skipToKeyFrame(long now) {
        video.pause();
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

    /** A key frame begins at this index of the history. */
    void keyFrame(long index) {
        if (video != null && !video.started() && peer.writable()) {
            video.startAt(index);
            resumeAt = 0;
            resumedAt = System.nanoTime();
        }
    }

    /** Once a second or so. @return nanoseconds until the next report is due */
    long report(long now, long ntp) {
        if (!connected) {
            return Long.MAX_VALUE;
        }
        if (now < nextReport) {
            return nextReport - now;
        }
        // A random phase keeps the reports of viewers that joined together apart.
        nextReport = now + 900_000_000L + ThreadLocalRandom.current().nextLong(200_000_000L);
        try {
            if (video != null && video.packets() > 0) {
                video.report(ntp, fanOut.videoTime(now), fanOut.cname());
            }
            if (audio != null && audio.packets() > 0) {
                audio.report(ntp, fanOut.audioTime(now), fanOut.cname());
            }
        } catch (GeneralSecurityException e) {
            lost("internal", "SRTCP: " + e.getMessage());
        }
        snapshot();
        return nextReport - now;
    }

    /** Closes a viewer that never connected, or whose browser has been silent for too long. */
    void checkAlive(long now) {
        if (peer.isSilent(now)) {
            lost("ice_failed", (connected ? "the browser is gone: " : "no connection: ") + peer.stage());
        }
    }

    @Override
    public void rtcp(byte[] b, int offset, int length) {
        nackedNow = 0;
        resentNow = 0;
        resentBytesNow = 0;
        if (!RtcpReader.read(b, offset, length, this)) {
            fanOut.metrics().dropped(TransportMetrics.Drop.MALFORMED);
        }
        if (nackedNow > 0) {
            fanOut.metrics().nacked(nackedNow);
            if (resentNow > 0) {
                fanOut.metrics().resent(resentNow, resentBytesNow);
            }
            if (resentNow < nackedNow) {
                fanOut.metrics().resendRefused(nackedNow - resentNow);
            }
        }
    }

    @Override
    public void report(int ssrc, int fractionLost, int packetsLost, int lastSenderReport, int delaySinceLast) {
        if (ssrc == videoSsrc) {
            videoLost = packetsLost;
        } else if (ssrc == audioSsrc) {
            audioLost = packetsLost;
        } else {
            return;
        }
        if (lastSenderReport != 0) {
            int now = (int) (fanOut.ntp() >>> 16);
            int elapsed = now - lastSenderReport - delaySinceLast;
            if (elapsed >= 0) {
                roundTripMillis = elapsed * 1000.0 / 65_536;
            }
        }
        snapshot();
    }

    @Override
    public void nack(int ssrc, int sequence) {
        OutgoingTrack track = ssrc == videoSsrc ? video : ssrc == audioSsrc ? audio : null;
        if (track == null) {
            return;
        }
        nackedNow++;
        long index = track.lookUp(sequence);
        if (index < 0) {
            return;
        }
        if (!resends.take(index, track.length(index), System.nanoTime())) {
            return;
        }
        try {
            int length = track.resend(index);
            if (length > 0) {
                resentNow++;
                resentBytesNow += length;
                fanOut.count(1);
            }
        } catch (GeneralSecurityException e) {
            lost("internal", "SRTP: " + e.getMessage());
        }
    }

    @Override
    public void pictureLost(int ssrc) {
        if (ssrc == videoSsrc && video != null) {
            fanOut.pictureLost(this);
        }
    }

    @Override
    public void estimate(long bitsPerSecond) {
        estimate = bitsPerSecond;
        snapshot();
    }

    /** Ends the viewer; {@link ViewerEvents#closed} follows once. */
    void end() {
        if (closed) {
            return;
        }
        closed = true;
        connected = false;
        peer.close();
        fanOut.remove(this);
        lane.viewerClosed();
        if (reportedClosed.compareAndSet(false, true)) {
            events.closed();
        }
    }

    private void snapshot() {
        long packets = (video == null ? 0 : video.packets()) + (audio == null ? 0 : audio.packets());
        long bytes = (video == null ? 0 : video.bytes()) + (audio == null ? 0 : audio.bytes());
        stats = new ViewerStats(
                connected, packets, bytes, Math.max(0, videoLost) + Math.max(0, audioLost), roundTripMillis, estimate);
    }
}
