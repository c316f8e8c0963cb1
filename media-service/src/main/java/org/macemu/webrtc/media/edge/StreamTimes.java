package org.macemu.webrtc.media.edge;

import org.macemu.webrtc.api.grpc.SoundPacket;
import org.macemu.webrtc.api.grpc.VideoFrame;
import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.lane.shared.ffm.OpusEncoder;

/**
 * RTP times and sample indices of the origin as those of this edge's streams, which go on when another origin takes the
 * place of the first; and what the origin may send at all. Belongs to one thread.
 */
final class StreamTimes {

    /** Half of the packets that an edge's history holds: no viewer could use a larger frame. */
    static final int MAX_FRAME_BYTES = 2 * 1024 * 1024;

    private static final double SAMPLES_PER_NANO = AudioSink.SAMPLE_RATE / 1e9;

    private final ClockOffset clock;
    private long lastRtpTime = Long.MIN_VALUE;
    private long sampleShift;
    private long lastSample = -1;
    private long lastSampleNanos;
    private boolean anew;

    StreamTimes(ClockOffset clock) {
        this.clock = clock;
    }

    /** Another origin: its sample indices begin somewhere else. */
    void restart() {
        anew = lastSample >= 0;
    }

    boolean fits(VideoFrame frame) {
        return !frame.getVp8().isEmpty() && frame.getVp8().size() <= MAX_FRAME_BYTES;
    }

    boolean fits(SoundPacket packet) {
        return !packet.getOpus().isEmpty() && packet.getOpus().size() <= OpusEncoder.MAX_PACKET;
    }

    /** 1/90000 s of this machine's clock, growing whatever the origin says. */
    long rtpTime(long originRtpTime) {
        long local = originRtpTime - clock.nanos() / 1000 * 9 / 100;
        lastRtpTime = lastRtpTime == Long.MIN_VALUE ? local : Math.max(local, lastRtpTime + 1);
        return lastRtpTime;
    }

    /**
     * The index of a packet's first sample in this edge's stream.
     *
     * @param captured of the packet, on this machine's clock
     */
    long sampleIndex(long originIndex, long captured) {
        if (anew || originIndex + sampleShift <= lastSample) {
            anew = false;
            // What was not sent meanwhile is silence: the receivers' time goes on by as much as ours did.
            long passed = Math.round((captured - lastSampleNanos) * SAMPLES_PER_NANO);
            sampleShift = lastSample + Math.max(OpusEncoder.FRAMES, passed) - originIndex;
        }
        lastSample = originIndex + sampleShift;
        lastSampleNanos = captured;
        return lastSample;
    }
}
