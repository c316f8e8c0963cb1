package org.macemu.webrtc.media.lane.shared.encode;

import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;
import org.macemu.webrtc.media.lane.shared.ffm.VpxEncoder;
import org.macemu.webrtc.media.lane.shared.ffm.VpxLibrary;

/**
 * Captured RGBA pictures to VP8 frames: converts, encodes, and skips what would not change what viewers see.
 *
 * <p>Owned by the lane; called by the capture thread only, except {@link #bitrate} and {@link #close}. A picture of
 * another size gets a new encoder and starts with a key frame.
 */
public final class VideoEncoder implements AutoCloseable {

    /** Repetitions of a still picture end once the quantizer is this fine (0 to 63): no visible difference is left. */
    private static final int SHARP_QUANTIZER = 4;

    /**
     * The encoder's own clock advances by at most this much per picture (1/90000 s; 100 ms). libvpx derives the frame
     * rate, and from it the size of a frame, from the distance of two pictures: after a minute of stillness it would
     * grant the next picture a minute's worth of bits.
     */
    private static final long MAX_STEP = VpxEncoder.CLOCK_RATE / 10;

    private final VpxLibrary vpx;
    private final LibYuv yuv;
    private final VideoEncoderSettings settings;
    private volatile int kilobitsPerSecond;

    private VpxEncoder encoder;
    private int appliedBitrate;
    private long encoderTime;
    private long lastRtpTime;
    private boolean keyFramePending;
    private boolean sharp;
    private int layerPhase;
    private boolean closed;

    public VideoEncoder(VpxLibrary vpx, LibYuv yuv, VideoEncoderSettings settings) {
        this.vpx = vpx;
        this.yuv = yuv;
        this.settings = settings;
        this.kilobitsPerSecond = settings.kilobitsPerSecond();
    }

    /** Changes the target rate from the next picture on. Any thread. */
    public void bitrate(int kilobits) {
        kilobitsPerSecond = kilobits;
    }

    public int bitrate() {
        return kilobitsPerSecond;
    }

    /**
     * Encodes a picture.
     *
     * @param keyFrame make it a key frame
     * @param anyway encode even what seems unchanged: the picture before this one was not encoded
     * @param target receives the frame
     * @return false when there is nothing to send: an unchanged picture that is sharp already, or libvpx dropped it
     */
    public synchronized boolean encode(
            VideoFrame frame, boolean keyFrame, boolean anyway, EncodedFrame target) {
        if (closed) {
            return false;
        }
        boolean resized = prepare(frame.width(), frame.height());
        keyFramePending |= keyFrame || resized;
        if (!frame.changed() && sharp && !keyFramePending && !anyway) {
            return false;
        }
        yuv.rgbaToI420(frame.rgba(), encoder.picture(), 0, frame.height());

        long rtpTime = Math.max(frame.nanoTime() / 1000 * 9 / 100, lastRtpTime + 1);
        if (!frame.changed()) {
            // A repetition carries the old capture time; it is shown now.
            rtpTime = Math.max(System.nanoTime() / 1000 * 9 / 100, lastRtpTime + 1);
        }
        long step = lastRtpTime == 0 ? VpxEncoder.CLOCK_RATE / 30 : Math.min(rtpTime - lastRtpTime, MAX_STEP);
        lastRtpTime = rtpTime;
        encoderTime += step;

        int layer = 0;
        long flags = 0;
        if (keyFramePending) {
            flags = VpxEncoder.KEY_FRAME;
            layerPhase = 0;
        } else if (settings.temporalLayers() == 2) {
            layer = layerPhase ^= 1;
            flags = layer == 0
                    ? VpxEncoder.NO_REFERENCE_GOLDEN
                            | VpxEncoder.NO_REFERENCE_ALTREF
                            | VpxEncoder.NO_UPDATE_GOLDEN
                            | VpxEncoder.NO_UPDATE_ALTREF
                    : VpxEncoder.NO_REFERENCE_GOLDEN
                            | VpxEncoder.NO_REFERENCE_ALTREF
                            | VpxEncoder.NO_UPDATE_LAST
                            | VpxEncoder.NO_UPDATE_GOLDEN
                            | VpxEncoder.NO_UPDATE_ALTREF
                            | VpxEncoder.NO_UPDATE_ENTROPY;
        }
        if (!encoder.encode(encoderTime, step, flags, layer)) {
            return false;
        }
        keyFramePending = false;
        sharp = layer == 0 && encoder.lastQuantizer() <= SHARP_QUANTIZER;
        target.set(
                encoder.output(),
                encoder.outputLength(),
                encoder.outputKeyFrame(),
                layer,
                rtpTime,
                frame.changed() ? frame.nanoTime() : 0);
        return true;
    }

    /** Frees the encoder; the next picture would start a new one, unless closed. */
    public synchronized void release() {
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
        sharp = false;
    }

    @Override
    public synchronized void close() {
        closed = true;
        release();
    }

    /** @return whether the encoder is new */
    private boolean prepare(int width, int height) {
        int bitrate = kilobitsPerSecond;
        if (encoder != null
                && encoder.settings().width() == width
                && encoder.settings().height() == height) {
            if (bitrate != appliedBitrate) {
                appliedBitrate = bitrate;
                encoder.bitrate(bitrate);
            }
            return false;
        }
        release();
        encoder = new VpxEncoder(vpx, settings.encoder(width, height, bitrate));
        appliedBitrate = bitrate;
        return true;
    }
}
