package org.macemu.webrtc.media.lane.shared;

import java.security.GeneralSecurityException;
import org.macemu.webrtc.media.lane.shared.rtp.RtcpReader;
import org.macemu.webrtc.media.lane.shared.transport.TransportMetrics;

/**
 * What one viewer's receiver reports, and what is done at once about it: lost packets are sent again within a budget, a
 * lost picture makes a wish for a key frame. Owned by {@link SharedViewer}; belongs to the event loop's thread.
 */
final class ReceiverFeedback implements RtcpReader.Handler {

    private final FanOut fanOut;
    private final OutgoingTrack video;
    private final OutgoingTrack audio;
    private final ResendBudget resends;
    private final KeyFrameBudget keyFrames;
    private final NetworkEstimate network = new NetworkEstimate();

    private int nackedNow;
    private int resentNow;
    private long resentBytesNow;
    private long pictureResent;
    private boolean reported;
    private boolean changed;
    private boolean lostPicture;
    private GeneralSecurityException failure;

    private int videoLost;
    private long videoHighest;
    private int audioLost;
    private long audioHighest = -1;
    private int videoMeasured;
    private int audioMeasured;
    private long estimate;

    /**
     * @param video null when the viewer takes no picture
     * @param audio null when the viewer takes no sound
     */
    ReceiverFeedback(FanOut fanOut, OutgoingTrack video, OutgoingTrack audio, long now) {
        this.fanOut = fanOut;
        this.video = video;
        this.audio = audio;
        this.keyFrames = new KeyFrameBudget(now);
        this.resends = new ResendBudget(fanOut.resendBytesPerSecond(), now);
    }

    /**
     * Takes a decrypted compound packet.
     *
     * @throws GeneralSecurityException when a packet asked for again could not be encrypted
     */
    void read(byte[] b, int offset, int length) throws GeneralSecurityException {
        nackedNow = 0;
        resentNow = 0;
        resentBytesNow = 0;
        reported = false;
        changed = false;
        lostPicture = false;
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
        if (reported) {
            changed = network.report(
                    System.nanoTime(), videoHighest, videoLost, pictureResent, video.bytes() / Math.max(1, video.packets()));
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Packets of both tracks that never arrived, cumulative. */
    long packetsLost() {
        return (long) Math.max(0, videoLost) + Math.max(0, audioLost);
    }

    /** Of the latest report, NaN when none said. */
    double roundTripMillis() {
        return network.roundTripMillis();
    }

    /** What the network carries. */
    NetworkEstimate network() {
        return network;
    }

    /** Whether the packet just read made the network congested. */
    boolean congestionBegins() {
        return changed && network.congested();
    }

    /** Whether the packet just read says that the picture is lost, and the viewer may cost the others a key frame. */
    boolean lostPicture() {
        return lostPicture;
    }

    /** What the receiver says its network carries, bits per second; 0 when it did not say. */
    long estimate() {
        return estimate;
    }

    @Override
    public void report(
            int ssrc,
            int fractionLost,
            int packetsLost,
            int highestSequence,
            int lastSenderReport,
            int delaySinceLast) {
        boolean fresh;
        if (video != null && ssrc == video.ssrc()) {
            fresh = lastSenderReport != videoMeasured;
            videoMeasured = lastSenderReport;
            videoLost = packetsLost;
            videoHighest = Integer.toUnsignedLong(highestSequence);
            reported = true;
        } else if (audio != null && ssrc == audio.ssrc()) {
            fresh = lastSenderReport != audioMeasured;
            audioMeasured = lastSenderReport;
            soundReport(Integer.toUnsignedLong(highestSequence), packetsLost);
        } else {
            return;
        }
        if (fresh && lastSenderReport != 0) {
            int now = (int) (fanOut.ntp() >>> 16);
            int elapsed = now - lastSenderReport - delaySinceLast;
            if (elapsed >= 0) {
                network.roundTrip(elapsed * 1000.0 / 65_536, System.nanoTime());
            }
        }
    }

    private void soundReport(long highest, int lost) {
        long expected = highest - audioHighest;
        if (audioHighest >= 0 && expected > 0) {
            network.soundReport(expected, Math.clamp((lost - audioLost) / (double) expected, 0, 1));
        }
        audioHighest = highest;
        audioLost = lost;
    }

    @Override
    public void nack(int ssrc, int sequence) {
        OutgoingTrack track = video != null && ssrc == video.ssrc()
                ? video
                : audio != null && ssrc == audio.ssrc() ? audio : null;
        if (track == null) {
            return;
        }
        nackedNow++;
        long index = track.lookUp(sequence);
        // What a full queue dropped would be dropped again: congestion is answered by a pause and a key frame.
        if (index < 0 || !resends.take(index, track.length(index), System.nanoTime())) {
            return;
        }
        try {
            int length = track.resend(index);
            if (length > 0) {
                resentNow++;
                resentBytesNow += length;
                pictureResent += track == video ? 1 : 0;
                fanOut.count(1);
            }
        } catch (GeneralSecurityException e) {
            failure = e;
        }
    }

    @Override
    public void pictureLost(int ssrc) {
        if (video != null && ssrc == video.ssrc()) {
            lostPicture |= keyFrames.take(System.nanoTime());
        }
    }

    @Override
    public void estimate(long bitsPerSecond) {
        estimate = bitsPerSecond;
    }
}
