package org.macemu.webrtc.media.lane.shared.encode;

import java.util.Arrays;
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

    /**
     * A frame may take this long to send at the target rate. libvpx bounds neither a first key frame nor a change of
     * the whole screen: dithered pictures of 1024x768 become 130 kB, which holds up a 2 Mbit/s viewer for half a
     * second. A larger one is thrown away and made again as a coarser key frame, which sharpens like any other.
     */
    private static final double MAX_FRAME_SECONDS = 0.2;

    /** Frames that became too large are made again at most this often (1/90000 s). */
    private static final long REMAKE_INTERVAL = VpxEncoder.CLOCK_RATE;

    /** A remade frame that was this many times too large loses its finest detail first. */
    private static final double SMOOTH_ABOVE = 1.6;

    private static final double SMOOTHER_ABOVE = 4;

    /** Above this quantizer the encoder searches more carefully, until it is below the other. */
    private static final int HARD_QUANTIZER = 24;

    private static final int EASY_QUANTIZER = 12;

    /** Frames over which a smoothed picture gets its detail back: a quarter of a second. */
    private static final int STRIPES = 8;

    /** Motion may run up a debt; sharpening begins this long after it at the latest. */
    private static final double MAX_DEBT_SECONDS = 0.15;

    /** Finest quantizer of a remade frame. */
    private static final int COARSE_QUANTIZER = 48;

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
    private int quantizer;
    private int finest;
    private int coarsest;
    private double allowance;
    private long allowanceTime;
    private boolean careful;
    private long lastRemake;
    private int nextStripe = STRIPES + 1;
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
        if (!mayRefine(System.nanoTime()) && !frame.changed() && !keyFramePending && !anyway) {
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
        limitQuantizer(frame.changed() || keyFramePending);
        sharpenInStripes(frame.changed() || keyFramePending);
        if (!encoder.encode(encoderTime, step, flags, layer)) {
            return false;
        }
        double excess = encoder.outputLength() / (appliedBitrate * 1000.0 / 8 * MAX_FRAME_SECONDS);
        boolean tooLarge = encoder.outputKeyFrame() ? excess > 1 : frame.changed() && excess > 2;
        if (tooLarge && rtpTime - lastRemake > REMAKE_INTERVAL) {
            lastRemake = rtpTime;
            layer = 0;
            remake(frame, excess, step);
        }
        keyFramePending = false;
        allowance -= encoder.outputLength();
        quantizer = encoder.lastQuantizer();
        sharp = layer == 0 && quantizer <= SHARP_QUANTIZER && nextStripe > STRIPES;
        chooseSpeed();
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
        careful = false;
        nextStripe = STRIPES + 1;
    }

    @Override
    public synchronized void close() {
        closed = true;
        release();
    }

    /**
     * Which quantizers libvpx may choose from. A new picture: all. A still one is sharpened a step at a time: left
     * alone, libvpx first waits until the debt for the last large frame is paid, and then goes from coarse to finest in
     * a frame as large as that.
     */
    private void limitQuantizer(boolean newPicture) {
        int best = newPicture ? settings.bestQuantizer() : nextStep();
        int worst = newPicture ? settings.worstQuantizer() : best;
        if (best != finest || worst != coarsest) {
            finest = best;
            coarsest = worst;
            encoder.rate(appliedBitrate, best, worst);
        }
    }

    /**
     * Sharpening spends the target rate and no more: every frame is taken off an allowance that grows with time.
     *
     * @return whether something is left of it
     */
    private boolean mayRefine(long now) {
        double bytesPerSecond = appliedBitrate * 1000.0 / 8;
        allowance += Math.min((now - allowanceTime) / 1e9, 1) * bytesPerSecond;
        allowance = Math.clamp(allowance, -MAX_DEBT_SECONDS * bytesPerSecond, MAX_FRAME_SECONDS / 2 * bytesPerSecond);
        allowanceTime = now;
        return allowance > 0;
    }

    private int nextStep() {
        // A stripe at a time of a smoothed picture is one step of the whole picture.
        return nextStripe < STRIPES ? COARSE_QUANTIZER : Math.max(settings.bestQuantizer(), quantizer * 3 / 4);
    }

    /**
     * Most of a Mac's pictures are cheap, and the fastest search serves them as well as any. When bits get scarce
     * (video, games), a slower one buys 3 dB for a quarter more time.
     */
    private void chooseSpeed() {
        if (careful ? quantizer < EASY_QUANTIZER : quantizer > HARD_QUANTIZER) {
            careful = !careful;
            encoder.speed(careful ? settings.carefulSpeed() : settings.speed());
        }
    }

    /** Replaces a frame that became too large, and the encoder whose rate control has counted it. */
    private void remake(VideoFrame frame, double excess, long step) {
        release();
        encoder = new VpxEncoder(vpx, settings.encoder(frame.width(), frame.height(), appliedBitrate));
        encoder.rate(appliedBitrate, COARSE_QUANTIZER, settings.worstQuantizer());
        yuv.rgbaToI420(frame.rgba(), encoder.picture(), 0, frame.height());
        if (excess > SMOOTH_ABOVE) {
            yuv.smooth(encoder.picture(), excess > SMOOTHER_ABOVE ? 4 : 2);
            nextStripe = 0;
        }
        encoderTime += step;
        finest = 0;
        layerPhase = 0;
        if (!encoder.encode(encoderTime, step, VpxEncoder.KEY_FRAME, 0)) {
            throw new IllegalStateException("libvpx dropped the first frame of a new encoder");
        }
    }

    /**
     * A smoothed picture would get all its detail back with the next frame, which would be as large as the one that was
     * too large: it gets it back a stripe of rows per frame.
     */
    private void sharpenInStripes(boolean everything) {
        if (nextStripe > STRIPES) {
            return;
        }
        if (everything || nextStripe == STRIPES) {
            nextStripe = STRIPES + 1;
            encoder.activeMap(null);
            return;
        }
        int columns = encoder.blockColumns();
        int rows = encoder.blockRows();
        byte[] blocks = new byte[rows * columns];
        Arrays.fill(blocks, rows * nextStripe / STRIPES * columns, rows * (nextStripe + 1) / STRIPES * columns, (byte) 1);
        encoder.activeMap(blocks);
        nextStripe++;
    }

    /** Whether the viewers' picture is as good as it gets. */
    public synchronized boolean isSharp() {
        return sharp;
    }

    /** @return whether the encoder is new */
    private boolean prepare(int width, int height) {
        int bitrate = kilobitsPerSecond;
        if (encoder != null
                && encoder.settings().width() == width
                && encoder.settings().height() == height) {
            if (bitrate != appliedBitrate) {
                appliedBitrate = bitrate;
                finest = settings.bestQuantizer();
                coarsest = settings.worstQuantizer();
                encoder.rate(bitrate, finest, coarsest);
            }
            return false;
        }
        release();
        encoder = new VpxEncoder(vpx, settings.encoder(width, height, bitrate));
        appliedBitrate = bitrate;
        finest = settings.bestQuantizer();
        coarsest = settings.worstQuantizer();
        return true;
    }
}
