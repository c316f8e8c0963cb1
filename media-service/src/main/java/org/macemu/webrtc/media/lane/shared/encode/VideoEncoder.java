package org.macemu.webrtc.media.lane.shared.encode;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.shared.ffm.I420Picture;
import org.macemu.webrtc.media.lane.shared.ffm.LibYuv;
import org.macemu.webrtc.media.lane.shared.ffm.VpxEncoder;
import org.macemu.webrtc.media.lane.shared.ffm.VpxLibrary;

/**
 * Captured pictures to VP8 frames: converts, encodes, and skips what would not change what viewers see.
 *
 * <p>Owned by the lane; called by the capture thread only, except {@link #bitrate} and {@link #close}. A picture of
 * another size gets a new encoder and starts with a key frame.
 */
public final class VideoEncoder implements AutoCloseable {

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
    private static final double MAX_FRAME_SECONDS = 0.25;

    /** A picture needs this much at least, however low the rate. */
    private static final int LEAST_FRAME_BYTES = 16_000;

    /** A frame that was this many times too large loses its finest detail when it is made again. */
    private static final double SMOOTH_ABOVE = 1.3;

    private static final double SMOOTHER_ABOVE = 3.2;

    /** Side of the squares over which detail is averaged away at most. */
    private static final int SMOOTHEST = 8;

    /** Above this quantizer the encoder searches more carefully, until it is below the other. */
    private static final int HARD_QUANTIZER = 24;

    private static final int EASY_QUANTIZER = 12;

    /** Finest quantizer of a remade frame. */
    private static final int COARSE_QUANTIZER = 48;

    /** Debt as large as leads to left-out pictures makes a new picture this many quantizers coarser at its finest. */
    private static final double DEBT_QUANTIZERS = 60;

    /** With more of the blocks changed than this, a picture that lacks detail is one to begin anew with. */
    private static final double MOSTLY = 0.6;

    private final VpxLibrary vpx;
    private final LibYuv yuv;
    private final VideoEncoderSettings settings;
    private final LongSupplier clock;
    private final ByteBudget budget = new ByteBudget();
    private final Sharpening sharpening;
    private volatile int kilobitsPerSecond;

    private VpxEncoder encoder;
    private int appliedBitrate;
    private long encoderTime;
    private long lastRtpTime;
    private boolean keyFramePending;
    private boolean owed;
    private long lastSequence = -1;
    /** Rows of the encoder's picture that are not as in the last frame. */
    private int staleFrom;

    private int staleTo;
    private int finest;
    private int coarsest;
    private boolean careful;
    private byte[] blocks = new byte[0];
    private boolean mapped;
    private int layerPhase;
    private boolean closed;

    public VideoEncoder(VpxLibrary vpx, LibYuv yuv, VideoEncoderSettings settings) {
        this(vpx, yuv, settings, System::nanoTime);
    }

    /** @param clock nanoseconds; what the rate is measured by */
    public VideoEncoder(VpxLibrary vpx, LibYuv yuv, VideoEncoderSettings settings, LongSupplier clock) {
        this.vpx = vpx;
        this.yuv = yuv;
        this.settings = settings;
        this.clock = clock;
        this.kilobitsPerSecond = settings.kilobitsPerSecond();
        this.sharpening = new Sharpening(settings.bestQuantizer());
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
     * @param target receives the frame
     * @return false when there is nothing to send: an unchanged picture that is sharp already, one that the rate does not
     *     carry now, which a later call makes up for, or one libvpx dropped
     */
    public synchronized boolean encode(VideoFrame frame, FrameWish wish, EncodedFrame target) {
        if (closed) {
            return false;
        }
        boolean begun = prepare(frame.width(), frame.height());
        noteChanges(frame, begun);
        keyFramePending |= begun || wish == FrameWish.KEY_FRAME;
        long now = clock.getAsLong();
        budget.advance(now, appliedBitrate);
        boolean news = frame.changed() || owed || keyFramePending;
        boolean sharpens = !news && !sharpening.isDone() && budget.balance() > 0;
        if (!news && !sharpens && wish == FrameWish.NEWS) {
            return false;
        }
        if (news && !keyFramePending && budget.isOverdrawn()) {
            owed = true;
            return false;
        }
        owed = news;
        boolean patched = news && !keyFramePending && sharpening.isSmoothed();
        convert(frame, patched);
        choose(news, patched, sharpens);

        long rtpTime = Math.max((frame.changed() ? frame.nanoTime() : now) / 1000 * 9 / 100, lastRtpTime + 1);
        long step = lastRtpTime == 0 ? VpxEncoder.CLOCK_RATE / 30 : Math.min(rtpTime - lastRtpTime, MAX_STEP);
        lastRtpTime = rtpTime;
        encoderTime += step;
        int layer = nextLayer(news && !patched);
        if (!encoder.encode(encoderTime, step, flags(layer), layer)) {
            return false;
        }
        if (news && !mapped && encoder.outputLength() > mostBytes()) {
            layer = 0;
            remake(frame, step);
        } else if (news && !mapped) {
            sharpening.restart(encoder.lastQuantizer(), encoder.blockRows(), encoder.outputLength());
        } else if (news || sharpens) {
            sharpening.made(encoder.outputLength());
        }
        keyFramePending = false;
        // Blocks that are not encoded are as in the base layer: it needs the picture before others can leave them out.
        owed = layer > 0;
        budget.spend(encoder.outputLength());
        if (news) {
            chooseSpeed(encoder.lastQuantizer());
        }
        target.set(
                encoder.output(),
                encoder.outputLength(),
                encoder.outputKeyFrame(),
                layer,
                rtpTime,
                frame.changed() ? frame.nanoTime() : 0);
        return true;
    }

    private double mostBytes() {
        return Math.max(budget.bytes(MAX_FRAME_SECONDS), LEAST_FRAME_BYTES);
    }

    /** Sharpening belongs to the base layer: every viewer gets it. */
    private int nextLayer(boolean news) {
        if (keyFramePending || settings.temporalLayers() == 1) {
            layerPhase = 0;
            return 0;
        }
        return news ? layerPhase ^= 1 : 0;
    }

    private long flags(int layer) {
        if (keyFramePending) {
            return VpxEncoder.KEY_FRAME;
        }
        if (settings.temporalLayers() == 1) {
            return 0;
        }
        long base = VpxEncoder.NO_REFERENCE_GOLDEN
                | VpxEncoder.NO_REFERENCE_ALTREF
                | VpxEncoder.NO_UPDATE_GOLDEN
                | VpxEncoder.NO_UPDATE_ALTREF;
        return layer == 0 ? base : base | VpxEncoder.NO_UPDATE_LAST | VpxEncoder.NO_UPDATE_ENTROPY;
    }

    /** A frame tells what differs from the one before it: where that was missed, everything may. */
    private void noteChanges(VideoFrame frame, boolean begun) {
        boolean missed = frame.sequence() != lastSequence + 1;
        lastSequence = frame.sequence();
        owed |= missed;
        if (begun || missed) {
            everythingStale(frame);
        } else if (frame.changed()) {
            staleFrom = Math.min(staleFrom, frame.changedFrom());
            staleTo = Math.max(staleTo, frame.changedTo());
        }
    }

    private void everythingStale(VideoFrame frame) {
        staleFrom = 0;
        staleTo = frame.height();
    }

    private void nothingStale(VideoFrame frame) {
        staleFrom = frame.height();
        staleTo = 0;
    }

    /** @param patched find out which blocks changed, for {@link #blocks} */
    private void convert(VideoFrame frame, boolean patched) {
        I420Picture picture = encoder.picture();
        byte[] before = patched ? picture.y().toArray(JAVA_BYTE) : null;
        if (staleTo > staleFrom) {
            int first = staleFrom & ~1;
            int end = Math.min((staleTo + 1) & ~1, frame.height());
            yuv.toI420(frame.pixels(), frame.format(), picture, first, end - first);
        }
        nothingStale(frame);
        if (patched) {
            findChanges(MemorySegment.ofArray(before), picture);
        }
    }

    /** Marks the 16x16 blocks whose brightness changed. A change of colour alone waits for its row's turn. */
    private void findChanges(MemorySegment before, I420Picture picture) {
        int columns = encoder.blockColumns();
        blocks = new byte[columns * encoder.blockRows()];
        for (int y = 0; y < picture.height(); y++) {
            long row = (long) y * picture.lumaStride();
            for (int c = 0; c < columns; c++) {
                long from = row + c * 16L;
                long to = Math.min(from + 16, row + picture.lumaStride());
                int block = y / 16 * columns + c;
                if (blocks[block] == 0 && MemorySegment.mismatch(before, from, to, picture.y(), from, to) >= 0) {
                    blocks[block] = 1;
                }
            }
        }
    }

    /** Which blocks are encoded, and which quantizers libvpx may choose from. */
    private void choose(boolean news, boolean patched, boolean sharpens) {
        if (news && !(patched && changedPart() < MOSTLY)) {
            activeMap(null);
            limitQuantizer(finestForNews(), settings.worstQuantizer());
            return;
        }
        int columns = encoder.blockColumns();
        if (!patched) {
            blocks = new byte[columns * encoder.blockRows()];
        }
        if (!news && !sharpens) {
            activeMap(blocks);
            return;
        }
        sharpening.plan(budget);
        int first = sharpening.firstRow();
        Arrays.fill(blocks, first * columns, (first + sharpening.rows()) * columns, (byte) 1);
        activeMap(sharpening.rows() == encoder.blockRows() ? null : blocks);
        limitQuantizer(sharpening.quantizer(), patched ? settings.worstQuantizer() : sharpening.quantizer());
    }

    /**
     * In debt a new picture is no occasion to sharpen: libvpx would spend on the unchanged rest of a large screen what
     * the next pictures need, and they would have to be left out.
     */
    private int finestForNews() {
        double debt = budget.debt();
        return Math.min(settings.bestQuantizer() + (int) (debt * DEBT_QUANTIZERS), COARSE_QUANTIZER);
    }

    private double changedPart() {
        int changed = 0;
        for (byte block : blocks) {
            changed += block;
        }
        return (double) changed / blocks.length;
    }

    private void activeMap(byte[] active) {
        if (active != null || mapped) {
            encoder.activeMap(active);
            mapped = active != null;
        }
    }

    private void limitQuantizer(int best, int worst) {
        if (best != finest || worst != coarsest) {
            finest = best;
            coarsest = worst;
            encoder.rate(appliedBitrate, best, worst);
        }
    }

    /** Frees the encoder; the next picture would start a new one, unless closed. */
    public synchronized void release() {
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
        careful = false;
        mapped = false;
    }

    @Override
    public synchronized void close() {
        closed = true;
        release();
    }

    /**
     * Most of a Mac's pictures are cheap, and the fastest search serves them as well as any. When bits get scarce
     * (video, games), a slower one buys 3 dB for a quarter more time.
     */
    private void chooseSpeed(int quantizer) {
        if (careful ? quantizer < EASY_QUANTIZER : quantizer > HARD_QUANTIZER) {
            careful = !careful;
            encoder.speed(careful ? settings.carefulSpeed() : settings.speed());
        }
    }

    /** Replaces a frame that became too large, and the encoder whose rate control has counted it. */
    private void remake(VideoFrame frame, long step) {
        everythingStale(frame);
        int detailed = encoder.outputLength();
        double excess = detailed / mostBytes();
        int square = excess > SMOOTHER_ABOVE ? 4 : excess > SMOOTH_ABOVE ? 2 : 1;
        remake(frame, step, square);
        while (encoder.outputLength() > mostBytes() && square < SMOOTHEST) {
            square *= 2;
            remake(frame, step, square);
        }
        if (square > 1) {
            // Restoring the detail needs the picture as it is.
            yuv.toI420(frame.pixels(), frame.format(), encoder.picture(), 0, frame.height());
            sharpening.restartSmoothed(COARSE_QUANTIZER, encoder.blockRows(), detailed);
        } else {
            sharpening.restart(encoder.lastQuantizer(), encoder.blockRows(), encoder.outputLength());
        }
        nothingStale(frame);
    }

    private void remake(VideoFrame frame, long step, int square) {
        release();
        encoder = new VpxEncoder(vpx, settings.encoder(frame.width(), frame.height(), appliedBitrate));
        finest = settings.bestQuantizer();
        coarsest = settings.worstQuantizer();
        limitQuantizer(COARSE_QUANTIZER, settings.worstQuantizer());
        yuv.toI420(frame.pixels(), frame.format(), encoder.picture(), 0, frame.height());
        if (square > 1) {
            yuv.smooth(encoder.picture(), square);
        }
        encoderTime += step;
        layerPhase = 0;
        if (!encoder.encode(encoderTime, step, VpxEncoder.KEY_FRAME, 0)) {
            throw new IllegalStateException("libvpx dropped the first frame of a new encoder");
        }
    }

    /** Whether the viewers' picture is as good as it gets. */
    public synchronized boolean isSharp() {
        return !owed && sharpening.isDone();
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
