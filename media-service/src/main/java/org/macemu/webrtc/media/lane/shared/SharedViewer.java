package org.macemu.webrtc.media.lane.shared;

import java.security.GeneralSecurityException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;
import org.macemu.webrtc.media.lane.ViewerStats;
import org.macemu.webrtc.media.lane.shared.rtp.PacketHistory;
import org.macemu.webrtc.media.lane.shared.sdp.Offer;
import org.macemu.webrtc.media.lane.shared.transport.IcePeer;

/**
 * One browser on the shared lane: the life of its connection. What it is sent is {@link PictureFeed}'s and
 * {@link SoundFeed}'s business, what it answers {@link ReceiverFeedback}'s. The public methods may be called by any
 * thread; everything else belongs to the event loop's thread.
 */
final class SharedViewer implements Viewer, IcePeer.Listener {

    private static final Logger LOG = Logger.getLogger(SharedViewer.class);

    /** Of a congested network: the rest empties its queue. */
    private static final double SHARE_OF_CAPACITY = 0.9;

    private static final long REPORT_INTERVAL = 900_000_000L;

    /** A congested network is looked at more often: round trips are measured by these reports. */
    private static final long CONGESTED_INTERVAL = 200_000_000L;

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

    private PictureFeed picture;
    private SoundFeed sound;
    private ReceiverFeedback feedback;
    private boolean connected;
    private boolean closed;
    private boolean restarting;
    private long nextReport;

    /** Snapshot for {@link #stats}, written by the loop. */
    private volatile boolean strained;
    private volatile ViewerStats stats = new ViewerStats(false, 0, 0, 0, Double.NaN, 0);

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
    public boolean isStrained() {
        return strained;
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
        long now = System.nanoTime();
        try {
            makeFeeds(negotiation.agreed(), now);
        } catch (GeneralSecurityException e) {
            lost("dtls_failed", "SRTP could not be set up: " + e.getMessage());
            return;
        }
        connected = true;
        nextReport = now;
        LOG.debugf("%s: connected over %s, %d ms after the offer", id, peer.describePath(), (now - opened) / 1_000_000);
        events.connected();
        if (picture != null) {
            picture.start(now);
        }
        fanOut.connectionsChanged();
    }

    private void makeFeeds(Offer offer, long now) throws GeneralSecurityException {
        Offer.Section video = offer.section(Offer.Kind.VIDEO).orElse(null);
        Offer.Section audio = offer.section(Offer.Kind.AUDIO).orElse(null);
        if (video != null) {
            OutgoingTrack track = track(fanOut.videoHistory(), video, videoSsrc, video.playoutDelayId());
            picture = new PictureFeed(fanOut, peer, track, opened);
        }
        if (audio != null) {
            OutgoingTrack track = track(fanOut.audioHistory(), audio, audioSsrc, 0);
            sound = new SoundFeed(fanOut, track, audio.redundantType());
        }
        feedback = new ReceiverFeedback(
                fanOut, picture == null ? null : picture.track(), sound == null ? null : sound.track(), now);
    }

    private OutgoingTrack track(PacketHistory history, Offer.Section section, int ssrc, int extensionId)
            throws GeneralSecurityException {
        return new OutgoingTrack(
                history, peer, peer.srtp().stream(ssrc), fanOut.buffer(), section.payloadType(), ssrc, extensionId);
    }

    @Override
    public void pathChanged() {
        if (picture != null) {
            picture.pathChanged();
        }
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
            if (sound != null) {
                sound.pump();
            }
            return picture == null ? Long.MAX_VALUE : picture.pump(now);
        } catch (GeneralSecurityException e) {
            lost("internal", "SRTP: " + e.getMessage());
            return Long.MAX_VALUE;
        }
    }

    /** A key frame begins at this index of the history. */
    void keyFrame(long index) {
        if (picture != null) {
            picture.keyFrame(index);
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
        long interval = looksClosely() ? CONGESTED_INTERVAL : REPORT_INTERVAL;
        nextReport = now + interval + ThreadLocalRandom.current().nextLong(interval / 5);
        try {
            if (picture != null && picture.track().packets() > 0) {
                picture.track().report(ntp, fanOut.videoTime(now), fanOut.cname());
            }
            if (sound != null && sound.track().packets() > 0) {
                sound.track().report(ntp, fanOut.audioTime(now), fanOut.cname());
            }
        } catch (GeneralSecurityException e) {
            lost("internal", "SRTCP: " + e.getMessage());
        }
        snapshot();
        return nextReport - now;
    }

    private boolean looksClosely() {
        return feedback.network().congested() || feedback.network().suspected();
    }

    /** Closes a viewer that never connected, or whose browser has been silent for too long. */
    void checkAlive(long now) {
        if (peer.isSilent(now)) {
            lost("ice_failed", (connected ? "the browser is gone: " : "no connection: ") + peer.stage());
        }
    }

    @Override
    public void rtcp(byte[] b, int offset, int length) {
        if (feedback == null) {
            return;
        }
        try {
            feedback.read(b, offset, length);
        } catch (GeneralSecurityException e) {
            lost("internal", "SRTP: " + e.getMessage());
            return;
        }
        long soon = System.nanoTime() + CONGESTED_INTERVAL;
        if (looksClosely() && nextReport - soon > 0) {
            nextReport = soon;
            fanOut.keepHouseBy(soon);
        }
        NetworkEstimate network = feedback.network();
        if (sound != null) {
            sound.lossy(network.loss(), network.congested() ? network.capacity() : Long.MAX_VALUE);
        }
        if (picture != null) {
            adapt(network, System.nanoTime());
        }
        snapshot();
    }

    /** What the network does not carry is not sent: it would only come late, and keep what matters from arriving. */
    private void adapt(NetworkEstimate network, long now) {
        boolean bare = picture.isBare();
        picture.limit(network.congested() ? (long) (SHARE_OF_CAPACITY * network.capacity()) : 0, now);
        if (feedback.congestionBegins()) {
            LOG.debugf("%s: congested, carries %d bit/s", id, network.capacity());
            if (bare && network.overflowing()) {
                // What a full queue dropped is not worth a resend that would be dropped too: the queue is left to empty.
                picture.skipToKeyFrame(now);
            }
        }
        if (feedback.lostPicture()) {
            if (network.congested()) {
                picture.lostPicture(now);
            } else {
                fanOut.keyFrames().request(KeyFrameCause.LOSS, now);
            }
        }
        strained = picture.isCut() && !fanOut.steersFor(this);
    }

    /** What the picture may take of this viewer's network; null before the first picture. */
    NetworkEstimate network() {
        return picture == null ? null : feedback.network();
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
        long packets = 0;
        long bytes = 0;
        if (picture != null) {
            packets += picture.track().packets();
            bytes += picture.track().bytes();
        }
        if (sound != null) {
            packets += sound.track().packets();
            bytes += sound.track().bytes();
        }
        stats = new ViewerStats(
                connected,
                packets,
                bytes,
                feedback.packetsLost(),
                feedback.roundTripMillis(),
                strained ? feedback.network().capacity() : feedback.estimate());
    }
}
