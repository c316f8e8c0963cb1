package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * One VP8 encoder of libvpx for pictures of one size: real time, constant bit rate, one thread, no frame dropping.
 *
 * <p>Owned by the video encoder. Calls exclude each other, so that it can be closed while another thread encodes; a
 * closed encoder throws.
 */
public final class VpxEncoder implements AutoCloseable {

    /** Time base of {@link #encode}: the RTP clock of VP8 (RFC 7741 section 4.1). */
    public static final int CLOCK_RATE = 90_000;

    /**
     * @param width pixels
     * @param height pixels
     * @param kilobitsPerSecond target of the rate control
     * @param speed VP8E_SET_CPUUSED, -16 to 16; negative: a fixed real-time speed, the lower the faster
     * @param screenContent VP8E_SET_SCREEN_CONTENT_MODE: 0 off, 1 on, 2 on with more aggressive rate control
     * @param staticThreshold VP8E_SET_STATIC_THRESHOLD: blocks that changed less are skipped
     * @param bestQuantizer finest quantizer, 0 to 63
     * @param worstQuantizer coarsest quantizer, 0 to 63
     * @param keyFramePercent limit of a key frame in per cent of the average frame
     * @param temporalLayers 1 or 2
     */
    public record Settings(
            int width,
            int height,
            int kilobitsPerSecond,
            int speed,
            int screenContent,
            int staticThreshold,
            int bestQuantizer,
            int worstQuantizer,
            int keyFramePercent,
            int temporalLayers) {

        public Settings {
            check("width", width, 1, I420Picture.MAX_DIMENSION);
            check("height", height, 1, I420Picture.MAX_DIMENSION);
            check("kilobitsPerSecond", kilobitsPerSecond, 10, 1_000_000);
            check("speed", speed, -16, 16);
            check("screenContent", screenContent, 0, 2);
            check("staticThreshold", staticThreshold, 0, 1_000_000);
            check("worstQuantizer", worstQuantizer, 0, 63);
            check("bestQuantizer", bestQuantizer, 0, worstQuantizer);
            check("keyFramePercent", keyFramePercent, 0, 100_000);
            check("temporalLayers", temporalLayers, 1, 2);
        }

        private static void check(String name, int value, int min, int max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(name + " is " + value + ", expected " + min + " to " + max);
            }
        }
    }

    /** Flag of {@link #encode}: VPX_EFLAG_FORCE_KF. */
    public static final long KEY_FRAME = 1;

    /** Flags of {@link #encode} (vpx/vp8cx.h). */
    public static final long NO_UPDATE_LAST = 0x40000;

    public static final long NO_REFERENCE_GOLDEN = 0x20000;
    public static final long NO_REFERENCE_ALTREF = 0x200000;
    public static final long NO_UPDATE_GOLDEN = 0x400000;
    public static final long NO_UPDATE_ALTREF = 0x800000;
    public static final long NO_UPDATE_ENTROPY = 0x100000;

    private static final int FORMAT_I420 = 258;
    private static final int RATE_CONTROL_CBR = 1;
    private static final int KEY_FRAMES_ON_DEMAND = 0;
    private static final int DEADLINE_REALTIME = 1;
    private static final int PACKET_KIND_FRAME = 0;
    private static final int FLAG_KEY_FRAME = 1;

    private static final int SET_ACTIVE_MAP = 9;
    private static final int SET_CPU_USED = 13;
    private static final int SET_NOISE_SENSITIVITY = 15;
    private static final int SET_STATIC_THRESHOLD = 17;
    private static final int SET_TOKEN_PARTITIONS = 18;
    private static final int GET_LAST_QUANTIZER_64 = 20;
    private static final int SET_MAX_INTRA_BITRATE_PERCENT = 26;
    private static final int SET_TEMPORAL_LAYER = 30;
    private static final int SET_SCREEN_CONTENT_MODE = 31;

    private final VpxLibrary vpx;
    private final Settings settings;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment context = arena.allocate(VpxLibrary.CONTEXT_BYTES, 16);
    private final MemorySegment config = arena.allocate(VpxLibrary.CONFIG_BYTES, 16);
    private final MemorySegment image = arena.allocate(VpxLibrary.IMAGE_BYTES, 16);
    private final MemorySegment iterator = arena.allocate(ADDRESS);
    private final MemorySegment number = arena.allocate(JAVA_INT);
    private final MemorySegment activeMap = arena.allocate(16, 8);
    private final MemorySegment activeBlocks;
    private final I420Picture picture;
    private boolean closed;

    private byte[] output = new byte[64 * 1024];
    private int outputLength;
    private boolean outputKey;

    public VpxEncoder(VpxLibrary vpx, Settings settings) {
        this.vpx = vpx;
        this.settings = settings;
        try {
            picture = new I420Picture(arena, settings.width(), settings.height());
            activeBlocks = arena.allocate((long) blockRows() * blockColumns());
            MemorySegment codec = (MemorySegment) vpx.vp8.invokeExact();
            check("vpx_codec_enc_config_default", (int) vpx.defaultConfig.invokeExact(codec, config, 0));
            configure(settings);
            check("vpx_codec_enc_init_ver",
                    (int) vpx.init.invokeExact(context, codec, config, 0L, VpxLibrary.ENCODER_ABI));
        } catch (Throwable t) {
            arena.close();
            throw NativeLibrary.broken(t);
        }
        try {
            control(SET_CPU_USED, settings.speed());
            control(SET_NOISE_SENSITIVITY, 0);
            control(SET_STATIC_THRESHOLD, settings.staticThreshold());
            control(SET_TOKEN_PARTITIONS, 0);
            control(SET_SCREEN_CONTENT_MODE, settings.screenContent());
            control(SET_MAX_INTRA_BITRATE_PERCENT, settings.keyFramePercent());
            // Wrapped with even sides, so that libvpx's strides agree with the picture's; then the real size.
            int evenWidth = picture.lumaStride();
            int evenHeight = (settings.height() + 1) & ~1;
            MemorySegment wrapped = (MemorySegment)
                    vpx.wrapImage.invokeExact(image, FORMAT_I420, evenWidth, evenHeight, 1, picture.data());
            if (wrapped.address() == 0) {
                throw new IllegalStateException("vpx_img_wrap refused " + evenWidth + "x" + evenHeight);
            }
            image.set(JAVA_INT, VpxLibrary.IMAGE_SHOWN_WIDTH, settings.width());
            image.set(JAVA_INT, VpxLibrary.IMAGE_SHOWN_HEIGHT, settings.height());
        } catch (Throwable t) {
            close();
            throw NativeLibrary.broken(t);
        }
    }

    public Settings settings() {
        return settings;
    }

    /** The picture the next {@link #encode} reads; the caller fills it. */
    public I420Picture picture() {
        return picture;
    }

    public int blockColumns() {
        return (settings.width() + 15) / 16;
    }

    public int blockRows() {
        return (settings.height() + 15) / 16;
    }

    /**
     * Encodes {@link #picture} and keeps the result for {@link #output}.
     *
     * @param time in units of 1/{@link #CLOCK_RATE} s, increasing
     * @param duration likewise, at least 1
     * @param flags {@link #KEY_FRAME} and reference flags
     * @param layer temporal layer, below {@link Settings#temporalLayers}
     * @return whether there is a frame; libvpx may decide to drop one
     */
    public synchronized boolean encode(long time, long duration, long flags, int layer) {
        requireOpen();
        if (duration < 1 || layer < 0 || layer >= settings.temporalLayers()) {
            throw new IllegalArgumentException("duration " + duration + ", layer " + layer);
        }
        try {
            if (settings.temporalLayers() > 1) {
                control(SET_TEMPORAL_LAYER, layer);
            }
            check("vpx_codec_encode",
                    (int) vpx.encode.invokeExact(context, image, time, duration, flags, (long) DEADLINE_REALTIME));
            iterator.set(ADDRESS, 0, MemorySegment.NULL);
            outputLength = 0;
            outputKey = false;
            // One packet per picture without look-ahead; other kinds (statistics) are not asked for.
            MemorySegment packet = (MemorySegment) vpx.packets.invokeExact(context, iterator);
            while (packet.address() != 0) {
                append(packet.reinterpret(VpxLibrary.PACKET_BYTES));
                packet = (MemorySegment) vpx.packets.invokeExact(context, iterator);
            }
            return outputLength > 0;
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }

    /** The frame of the last {@link #encode}; valid until the next, {@link #outputLength} bytes of it. */
    public byte[] output() {
        return output;
    }

    public int outputLength() {
        return outputLength;
    }

    public boolean outputKeyFrame() {
        return outputKey;
    }

    /** Quantizer of the last frame, 0 (best) to 63. */
    public synchronized int lastQuantizer() {
        requireOpen();
        try {
            controlPointer(vpx.controlPointer, GET_LAST_QUANTIZER_64, number);
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
        return number.get(JAVA_INT, 0);
    }

    /**
     * Limits the next pictures to some 16x16 blocks.
     *
     * @param blocks {@link #blockRows} x {@link #blockColumns}, 1 = encode, 0 = as before; null: all of them
     */
    public synchronized void activeMap(byte[] blocks) {
        requireOpen();
        if (blocks != null) {
            if (blocks.length != activeBlocks.byteSize()) {
                throw new IllegalArgumentException(
                        blocks.length + " blocks, expected " + activeBlocks.byteSize());
            }
            MemorySegment.copy(blocks, 0, activeBlocks, JAVA_BYTE, 0, blocks.length);
        }
        activeMap.set(ADDRESS, 0, blocks == null ? MemorySegment.NULL : activeBlocks);
        activeMap.set(JAVA_INT, 8, blockRows());
        activeMap.set(JAVA_INT, 12, blockColumns());
        try {
            controlPointer(vpx.controlPointer, SET_ACTIVE_MAP, activeMap);
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }

    /** Changes the speed from the next picture on, -16 to 16 as in {@link Settings#speed}. */
    public synchronized void speed(int speed) {
        requireOpen();
        Settings.check("speed", speed, -16, 16);
        try {
            control(SET_CPU_USED, speed);
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }

    /**
     * Changes the target of the rate control, and how fine it may become, from the next picture on.
     *
     * @param bestQuantizer 0 to {@code worstQuantizer}
     * @param worstQuantizer up to 63
     */
    public synchronized void rate(int kilobitsPerSecond, int bestQuantizer, int worstQuantizer) {
        requireOpen();
        Settings.check("kilobitsPerSecond", kilobitsPerSecond, 10, 1_000_000);
        Settings.check("worstQuantizer", worstQuantizer, 0, 63);
        Settings.check("bestQuantizer", bestQuantizer, 0, worstQuantizer);
        config.set(JAVA_INT, VpxLibrary.CFG_MAX_QUANTIZER, worstQuantizer);
        writeBitrate(kilobitsPerSecond);
        config.set(JAVA_INT, VpxLibrary.CFG_MIN_QUANTIZER, bestQuantizer);
        try {
            check("vpx_codec_enc_config_set", (int) vpx.configure.invokeExact(context, config));
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            int result = (int) vpx.destroy.invokeExact(context);
            if (result != 0) {
                throw new IllegalStateException("vpx_codec_destroy returned " + result);
            }
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        } finally {
            arena.close();
        }
    }

    private void configure(Settings s) {
        config.set(JAVA_INT, VpxLibrary.CFG_THREADS, 1);
        config.set(JAVA_INT, VpxLibrary.CFG_WIDTH, s.width());
        config.set(JAVA_INT, VpxLibrary.CFG_HEIGHT, s.height());
        config.set(JAVA_INT, VpxLibrary.CFG_TIMEBASE_NUM, 1);
        config.set(JAVA_INT, VpxLibrary.CFG_TIMEBASE_DEN, CLOCK_RATE);
        config.set(JAVA_INT, VpxLibrary.CFG_ERROR_RESILIENT, 0);
        config.set(JAVA_INT, VpxLibrary.CFG_LAG, 0);
        config.set(JAVA_INT, VpxLibrary.CFG_DROP_FRAME, 0);
        config.set(JAVA_INT, VpxLibrary.CFG_RESIZE, 0);
        config.set(JAVA_INT, VpxLibrary.CFG_END_USAGE, RATE_CONTROL_CBR);
        config.set(JAVA_INT, VpxLibrary.CFG_MIN_QUANTIZER, s.bestQuantizer());
        config.set(JAVA_INT, VpxLibrary.CFG_MAX_QUANTIZER, s.worstQuantizer());
        config.set(JAVA_INT, VpxLibrary.CFG_UNDERSHOOT, 100);
        config.set(JAVA_INT, VpxLibrary.CFG_OVERSHOOT, 15);
        config.set(JAVA_INT, VpxLibrary.CFG_BUFFER, 1000);
        config.set(JAVA_INT, VpxLibrary.CFG_BUFFER_INITIAL, 500);
        config.set(JAVA_INT, VpxLibrary.CFG_BUFFER_OPTIMAL, 600);
        config.set(JAVA_INT, VpxLibrary.CFG_KEY_FRAME_MODE, KEY_FRAMES_ON_DEMAND);
        config.set(JAVA_INT, VpxLibrary.CFG_KEY_FRAME_MAX_DISTANCE, 999_999);
        config.set(JAVA_INT, VpxLibrary.CFG_LAYERS, s.temporalLayers());
        if (s.temporalLayers() == 2) {
            config.set(JAVA_INT, VpxLibrary.CFG_LAYER_DECIMATOR, 2);
            config.set(JAVA_INT, VpxLibrary.CFG_LAYER_DECIMATOR + 4, 1);
            config.set(JAVA_INT, VpxLibrary.CFG_LAYER_PERIOD, 2);
            config.set(JAVA_INT, VpxLibrary.CFG_LAYER_ID, 0);
            config.set(JAVA_INT, VpxLibrary.CFG_LAYER_ID + 4, 1);
        }
        writeBitrate(s.kilobitsPerSecond());
    }

    private void writeBitrate(int kilobitsPerSecond) {
        config.set(JAVA_INT, VpxLibrary.CFG_BITRATE, kilobitsPerSecond);
        if (settings.temporalLayers() == 2) {
            // Cumulative: the base layer gets 60 %.
            config.set(JAVA_INT, VpxLibrary.CFG_LAYER_BITRATE, Math.max(1, kilobitsPerSecond * 3 / 5));
            config.set(JAVA_INT, VpxLibrary.CFG_LAYER_BITRATE + 4, kilobitsPerSecond);
        }
    }

    private void append(MemorySegment packet) {
        if (packet.get(JAVA_INT, VpxLibrary.PACKET_KIND) != PACKET_KIND_FRAME) {
            return;
        }
        long size = packet.get(JAVA_LONG, VpxLibrary.PACKET_SIZE);
        int length = Math.toIntExact(outputLength + size);
        if (length > output.length) {
            byte[] larger = new byte[Math.max(length, output.length * 2)];
            System.arraycopy(output, 0, larger, 0, outputLength);
            output = larger;
        }
        MemorySegment data = packet.get(ADDRESS, VpxLibrary.PACKET_DATA).reinterpret(size);
        MemorySegment.copy(data, JAVA_BYTE, 0, output, outputLength, (int) size);
        outputLength = length;
        outputKey |= (packet.get(JAVA_INT, VpxLibrary.PACKET_FLAGS) & FLAG_KEY_FRAME) != 0;
    }

    private void control(int id, int value) throws Throwable {
        check("vpx_codec_control(" + id + ", " + value + ")", (int) vpx.control.invokeExact(context, id, value));
    }

    private void controlPointer(MethodHandle handle, int id, MemorySegment value) throws Throwable {
        int result = (int) handle.invokeExact(context, id, value);
        check("vpx_codec_control", result);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("encoder is closed");
        }
    }

    private static void check(String call, int result) {
        if (result != 0) {
            throw new IllegalStateException(call + " returned " + result);
        }
    }
}
