package org.macemu.webrtc.media.lane.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;
import org.macemu.webrtc.media.lane.shared.encode.EncodedFrame;
import org.macemu.webrtc.media.lane.shared.encode.EncodedSound;
import org.macemu.webrtc.media.lane.shared.rtp.OpusPacketizer;
import org.macemu.webrtc.media.lane.shared.rtp.PacketHistory;
import org.macemu.webrtc.media.lane.shared.rtp.RtcpWriter;
import org.macemu.webrtc.media.lane.shared.rtp.Vp8Packetizer;
import org.macemu.webrtc.media.lane.shared.transport.EventLoop;
import org.macemu.webrtc.media.lane.shared.transport.Fingerprint;
import org.macemu.webrtc.media.lane.shared.transport.MediaTransport;
import org.macemu.webrtc.media.lane.shared.transport.PacketBuffer;

/**
 * Sends encoded frames to every viewer: cuts each into packets once, keeps them in the history, and lets every viewer's
 * cursor follow. Frames come in through two bounded queues from the encoders' threads; everything else belongs to the
 * event loop's thread.
 */
final class FanOut implements EventLoop.Client {

    /**
     * Frames on their way from the encoder. More than one or two wait only when the event loop is held up for longer
     * than a frame time; then the encoder skips pictures instead of queueing them.
     */
    private static final int FRAMES = 8;

    /** Sound packets of 20 ms on their way: 0.32 s. */
    private static final int SOUNDS = 16;

    private static final long STEERING_NANOS = 100_000_000L;
    private static final long HOUSEKEEPING_NANOS = 1_000_000_000L;

    private final EventLoop loop;
    private final MediaTransport transport;
    private final Fingerprint fingerprint;
    private final KeyFrameRequests keyFrames;
    private final StillPicture stillPicture;
    private final LaneMetrics metrics;
    private final SharedLaneSettings settings;
    private final PacketHistory videoHistory;
    private final PacketHistory audioHistory;
    private final Vp8Packetizer vp8;
    private final OpusPacketizer opus;
    private final String cname;
    private final int videoOffset = ThreadLocalRandom.current().nextInt();
    private final int audioOffset = ThreadLocalRandom.current().nextInt();
    private final SoundClock soundClock = new SoundClock();
    private final PacketBuffer buffer = new PacketBuffer();
    private final List<SharedViewer> viewers = new ArrayList<>();

    private final Queue<EncodedFrame> freeFrames = new ArrayBlockingQueue<>(FRAMES);
    private final Queue<EncodedFrame> frames = new ArrayBlockingQueue<>(FRAMES);
    private final Queue<EncodedSound> freeSounds = new ArrayBlockingQueue<>(SOUNDS);
    private final Queue<EncodedSound> sounds = new ArrayBlockingQueue<>(SOUNDS);

    private final BitrateSteering steering;
    private final IntConsumer encoderRate;
    private SharedViewer steersFor;
    private String controller = "";
    private long nextSteering;
    private FrameSink copies;
    private int rate;
    private long housekeeping;
    private long packetsNow;
    private SharedViewer[] round = new SharedViewer[0];
    private boolean roundStale = true;

    FanOut(
            EventLoop loop,
            MediaTransport transport,
            Fingerprint fingerprint,
            KeyFrameRequests keyFrames,
            StillPicture stillPicture,
            LaneMetrics metrics,
            SharedLaneSettings settings,
            IntConsumer encoderRate) {
        this.loop = loop;
        this.transport = transport;
        this.fingerprint = fingerprint;
        this.keyFrames = keyFrames;
        this.stillPicture = stillPicture;
        this.metrics = metrics;
        this.settings = settings;
        this.encoderRate = encoderRate;
        this.rate = settings.startKilobits();
        this.steering = new BitrateSteering(settings.minKilobits(), settings.startKilobits(), System.nanoTime());
        // Below 2^15, so that the first rollover of the sequence number is far (RFC 3711 section 3.3.1).
        this.videoHistory = new PacketHistory(settings.videoHistory(), random15());
        this.audioHistory = new PacketHistory(settings.audioHistory(), random15());
        this.vp8 = new Vp8Packetizer(videoHistory, random15(), settings.temporalLayers() > 1);
        this.opus = new OpusPacketizer(audioHistory);
        this.cname = "macemu-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        for (int i = 0; i < FRAMES; i++) {
            freeFrames.add(new EncodedFrame());
        }
        for (int i = 0; i < SOUNDS; i++) {
            freeSounds.add(new EncodedSound());
        }
    }

    private static int random15() {
        return ThreadLocalRandom.current().nextInt(1 << 15);
    }

    // --- from the encoders' threads ---

    /** A frame to fill; null when too many wait to be sent. */
    EncodedFrame takeFrame() {
        return freeFrames.poll();
    }

    void returnFrame(EncodedFrame frame) {
        freeFrames.add(frame);
    }

    void send(EncodedFrame frame) {
        frames.add(frame);
        loop.wakeUp();
    }

    EncodedSound takeSound() {
        return freeSounds.poll();
    }

    void returnSound(EncodedSound sound) {
        freeSounds.add(sound);
    }

    void send(EncodedSound sound) {
        sounds.add(sound);
        loop.wakeUp();
    }

    // --- the event loop's thread ---

    @Override
    public long round(long now) {
        packetizeSounds();
        long captured = packetizeFrames();
        long wait = Math.min(keyFrames.poll(now), transport.expire(now));
        if (!viewers.isEmpty() || copies != null) {
            wait = Math.min(wait, stillPicture.poll(now));
        }
        for (SharedViewer viewer : viewersOfRound()) {
            wait = Math.min(wait, viewer.pump(now));
        }
        if (packetsNow > 0) {
            metrics.sent(packetsNow, 0);
            packetsNow = 0;
        }
        if (captured != 0) {
            loop.flush();
            metrics.frameToWire(System.nanoTime() - captured);
        }
        return viewers.isEmpty() ? wait : Math.min(wait, Math.min(keepHouse(now), steer(now)));
    }

    private void packetizeSounds() {
        for (EncodedSound sound = sounds.poll(); sound != null; sound = sounds.poll()) {
            soundClock.observe(sound.sampleIndex(), sound.captureNanos());
            if (copies != null) {
                copies.sound(sound);
            }
            opus.add(sound.data(), sound.length(), sound.first(), (int) sound.sampleIndex() + audioOffset);
            freeSounds.add(sound);
        }
    }

    /** @return capture time of the newest frame, 0 when there is none */
    private long packetizeFrames() {
        long captured = 0;
        for (EncodedFrame frame = frames.poll(); frame != null; frame = frames.poll()) {
            if (copies != null) {
                copies.video(frame);
            }
            long first = videoHistory.head();
            if (vp8.packets(frame.length()) > videoHistory.capacity() / 2) {
                // No viewer could use it; the encoder's bounds make this a picture beyond all sizes.
                keyFrames.request(KeyFrameCause.SIZE, System.nanoTime());
                freeFrames.add(frame);
                continue;
            }
            vp8.add(
                    frame.data(),
                    frame.length(),
                    frame.keyFrame(),
                    frame.temporalLayer(),
                    (int) frame.rtpTime() + videoOffset);
            if (frame.keyFrame()) {
                for (SharedViewer viewer : viewersOfRound()) {
                    viewer.keyFrame(first);
                }
            }
            captured = frame.captureNanos();
            freeFrames.add(frame);
        }
        return captured;
    }

    private long keepHouse(long now) {
        if (now < housekeeping) {
            return housekeeping - now;
        }
        long ntp = ntp();
        long wait = HOUSEKEEPING_NANOS;
        for (SharedViewer viewer : viewersOfRound()) {
            wait = Math.min(wait, viewer.report(now, ntp));
            viewer.checkAlive(now);
        }
        // Reports are due at times of their own, but need no precision: at most 20 rounds a second for them.
        housekeeping = now + Math.max(wait, 50_000_000L);
        return housekeeping - now;
    }

    /** A viewer's report is due earlier than was said. */
    void keepHouseBy(long time) {
        housekeeping = Math.min(housekeeping, time);
    }

    /**
     * Lets the network of whoever holds the controls, or watches alone, set the rate of the picture.
     *
     * @return nanoseconds until it is looked at again
     */
    private long steer(long now) {
        if (!settings.followController()) {
            return Long.MAX_VALUE;
        }
        if (now < nextSteering) {
            return nextSteering - now;
        }
        nextSteering = now + STEERING_NANOS;
        SharedViewer viewer = viewers.size() == 1 && copies == null ? viewers.get(0) : holderOfControls();
        steersFor = viewer;
        NetworkEstimate network = viewer == null ? null : viewer.network();
        int kilobits = network == null
                ? steering.release(now)
                : steering.update(now, network.congested(), network.capacity(), lowestRate());
        if (kilobits != rate) {
            rate = kilobits;
            encoderRate.accept(kilobits);
        }
        return STEERING_NANOS;
    }

    /** Others are not to suffer much for one network: with them, half of the rate is the least. */
    private int lowestRate() {
        return viewers.size() == 1 && copies == null ? settings.minKilobits() : settings.startKilobits() / 2;
    }

    private SharedViewer holderOfControls() {
        for (SharedViewer viewer : viewers) {
            if (viewer.id().equals(controller)) {
                return viewer;
            }
        }
        return null;
    }

    /** Whether the picture's rate is made to fit this viewer's network, and can be made to fit it better still. */
    boolean steersFor(SharedViewer viewer) {
        return viewer == steersFor && steering.canCut(lowestRate());
    }

    /** Who holds the controls now; empty: nobody. */
    void controller(String viewerId) {
        controller = viewerId;
    }

    /** The viewers, as an array that closing viewers do not change while it is walked. */
    private SharedViewer[] viewersOfRound() {
        if (roundStale) {
            round = viewers.toArray(SharedViewer[]::new);
            roundStale = false;
        }
        return round;
    }

    void add(SharedViewer viewer) {
        viewers.add(viewer);
        roundStale = true;
        housekeeping = 0;
    }

    void remove(SharedViewer viewer) {
        if (viewers.remove(viewer)) {
            roundStale = true;
            connectionsChanged();
        }
        if (viewers.isEmpty() && copies == null) {
            // What is in the history by the next viewer is too old to be shown.
            videoHistory.forgetKeyFrame();
            keyFrames.clear();
        }
    }

    /** Where frames go besides the viewers; null: nowhere. */
    void copyTo(FrameSink sink) {
        copies = sink;
        if (sink == null && viewers.isEmpty()) {
            videoHistory.forgetKeyFrame();
            keyFrames.clear();
        }
    }

    void closeAll() {
        List.copyOf(viewers).forEach(SharedViewer::end);
    }

    void connectionsChanged() {
        int connected = 0;
        for (SharedViewer viewer : viewers) {
            if (viewer.connected()) {
                connected++;
            }
        }
        metrics.connectedViewers(connected);
    }

    /** Where a joiner may start in the history; -1 when a key frame is better. */
    long catchUpStart() {
        long key = videoHistory.lastKeyFrame();
        boolean far = videoHistory.head() - key > settings.catchUpPackets()
                || videoHistory.framesSinceKeyFrame() > PictureFeed.CATCH_UP_FRAMES;
        return far ? -1 : key;
    }

    void count(int packets) {
        packetsNow += packets;
    }

    EventLoop loop() {
        return loop;
    }

    MediaTransport transport() {
        return transport;
    }

    Fingerprint fingerprint() {
        return fingerprint;
    }

    KeyFrameRequests keyFrames() {
        return keyFrames;
    }

    LaneMetrics metrics() {
        return metrics;
    }

    /** Whether the picture has an upper temporal layer that a viewer can go without. */
    boolean layered() {
        return settings.temporalLayers() > 1;
    }

    PacketHistory videoHistory() {
        return videoHistory;
    }

    PacketHistory audioHistory() {
        return audioHistory;
    }

    /** Memory for the packet being sent. */
    PacketBuffer buffer() {
        return buffer;
    }

    String cname() {
        return cname;
    }

    int viewerCount() {
        return viewers.size();
    }

    /** Half of what the stream itself needs. */
    long resendBytesPerSecond() {
        return settings.startKilobits() * 1000L / 8 / 2;
    }

    long ntp() {
        return RtcpWriter.ntp(System.currentTimeMillis());
    }

    /** RTP time of a picture taken now. */
    int videoTime(long nanos) {
        return (int) (nanos / 1000 * 9 / 100) + videoOffset;
    }

    /** RTP time of a sample recorded now. */
    int audioTime(long nanos) {
        return (int) soundClock.sampleAt(nanos) + audioOffset;
    }
}
