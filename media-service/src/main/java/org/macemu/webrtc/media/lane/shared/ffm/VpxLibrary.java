package org.macemu.webrtc.media.lane.shared.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The VP8 encoder functions of libvpx 1.12 (soname 7, encoder ABI 25), and the layout of its structures on 64-bit
 * Linux (vpx/vpx_encoder.h, vpx/vpx_image.h, vpx/vpx_codec.h).
 *
 * <pre>
 * vpx_codec_enc_cfg_t, 504 bytes                          vpx_image_t, 136 bytes
 *   4 g_threads            72 rc_end_usage                  0 fmt
 *  12 g_w                 112 rc_target_bitrate (kbit/s)   24 d_w
 *  16 g_h                 116 rc_min_quantizer             28 d_h
 *  28 g_timebase.num      120 rc_max_quantizer             48 planes[4]
 *  32 g_timebase.den      124 rc_undershoot_pct            80 stride[4]
 *  36 g_error_resilient   128 rc_overshoot_pct
 *  40 g_pass              132 rc_buf_sz (ms)              vpx_codec_cx_pkt_t, 136 bytes
 *  44 g_lag_in_frames     136 rc_buf_initial_sz             0 kind
 *  48 rc_dropframe_thresh 140 rc_buf_optimal_sz             8 data.frame.buf
 *  52 rc_resize_allowed   160 kf_mode                      16 data.frame.sz
 * 216 ts_number_layers    164 kf_min_dist                  40 data.frame.flags
 * 220 ts_target_bitrate[5]                168 kf_max_dist
 * 240 ts_rate_decimator[5]                                vpx_active_map_t, 16 bytes
 * 260 ts_periodicity                                        0 active_map, 8 rows, 12 cols
 * 264 ts_layer_id[16]                                     vpx_codec_ctx_t, 56 bytes
 * </pre>
 *
 * A library whose structures differ fails at {@link #load}: the ABI number is checked by libvpx itself, the layout
 * by reading known defaults back.
 */
public final class VpxLibrary {

    static final int ENCODER_ABI = 25;
    static final long CONFIG_BYTES = 504;
    static final long CONTEXT_BYTES = 56;
    static final long IMAGE_BYTES = 136;
    static final long PACKET_BYTES = 136;

    static final long CFG_THREADS = 4;
    static final long CFG_WIDTH = 12;
    static final long CFG_HEIGHT = 16;
    static final long CFG_TIMEBASE_NUM = 28;
    static final long CFG_TIMEBASE_DEN = 32;
    static final long CFG_ERROR_RESILIENT = 36;
    static final long CFG_LAG = 44;
    static final long CFG_DROP_FRAME = 48;
    static final long CFG_RESIZE = 52;
    static final long CFG_END_USAGE = 72;
    static final long CFG_BITRATE = 112;
    static final long CFG_MIN_QUANTIZER = 116;
    static final long CFG_MAX_QUANTIZER = 120;
    static final long CFG_UNDERSHOOT = 124;
    static final long CFG_OVERSHOOT = 128;
    static final long CFG_BUFFER = 132;
    static final long CFG_BUFFER_INITIAL = 136;
    static final long CFG_BUFFER_OPTIMAL = 140;
    static final long CFG_KEY_FRAME_MODE = 160;
    static final long CFG_KEY_FRAME_MAX_DISTANCE = 168;
    static final long CFG_LAYERS = 216;
    static final long CFG_LAYER_BITRATE = 220;
    static final long CFG_LAYER_DECIMATOR = 240;
    static final long CFG_LAYER_PERIOD = 260;
    static final long CFG_LAYER_ID = 264;

    static final long IMAGE_SHOWN_WIDTH = 24;
    static final long IMAGE_SHOWN_HEIGHT = 28;

    static final long PACKET_KIND = 0;
    static final long PACKET_DATA = 8;
    static final long PACKET_SIZE = 16;
    static final long PACKET_FLAGS = 40;

    private static final int MINIMUM_VERSION = 1 << 16 | 12 << 8;
    private static final int MAXIMUM_VERSION = 1 << 16 | 13 << 8;
    private static final int MEMORY_ERROR = 2;
    private static final int ABI_MISMATCH = 3;

    final MethodHandle version;
    final MethodHandle vp8;
    final MethodHandle defaultConfig;
    final MethodHandle init;
    final MethodHandle control;
    final MethodHandle controlPointer;
    final MethodHandle configure;
    final MethodHandle encode;
    final MethodHandle packets;
    final MethodHandle wrapImage;
    final MethodHandle destroy;

    private VpxLibrary(NativeLibrary library) throws NativeLibraryException {
        version = library.function("vpx_codec_version", FunctionDescriptor.of(JAVA_INT));
        vp8 = library.function("vpx_codec_vp8_cx", FunctionDescriptor.of(ADDRESS));
        defaultConfig = library.function(
                "vpx_codec_enc_config_default", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        init = library.function(
                "vpx_codec_enc_init_ver",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
        control = library.function(
                "vpx_codec_control_",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        controlPointer = library.function(
                "vpx_codec_control_",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS),
                Linker.Option.firstVariadicArg(2));
        configure = library.function("vpx_codec_enc_config_set", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        encode = library.function(
                "vpx_codec_encode",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        packets = library.function("vpx_codec_get_cx_data", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        wrapImage = library.function(
                "vpx_img_wrap",
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
        destroy = library.function("vpx_codec_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    }

    /** Loads and checks libvpx. @throws NativeLibraryException when it is missing or not version 1.12 */
    public static VpxLibrary load() throws NativeLibraryException {
        NativeLibrary library = new NativeLibrary("libvpx.so.7", "libvpx7");
        VpxLibrary vpx = new VpxLibrary(library);
        try (Arena arena = Arena.ofConfined()) {
            int version = (int) vpx.version.invokeExact();
            if (version < MINIMUM_VERSION || version >= MAXIMUM_VERSION) {
                throw library.unsuitable("version 1.12 was expected, found " + (version >> 16 & 0xff) + "."
                        + (version >> 8 & 0xff) + "." + (version & 0xff));
            }
            // Twice the size of what is expected, so that a larger structure cannot write past it.
            MemorySegment config = arena.allocate(2 * CONFIG_BYTES, 16);
            MemorySegment context = arena.allocate(2 * CONTEXT_BYTES, 16);
            MemorySegment codec = (MemorySegment) vpx.vp8.invokeExact();
            int result = (int) vpx.defaultConfig.invokeExact(codec, config, 0);
            if (result != 0
                    || config.get(JAVA_INT, CFG_WIDTH) != 320
                    || config.get(JAVA_INT, CFG_HEIGHT) != 240
                    || config.get(JAVA_INT, CFG_TIMEBASE_NUM) != 1
                    || config.get(JAVA_INT, CFG_TIMEBASE_DEN) != 30
                    || config.get(JAVA_INT, CFG_BITRATE) != 256
                    || config.get(JAVA_INT, CFG_KEY_FRAME_MAX_DISTANCE) != 128) {
                throw library.unsuitable("its vpx_codec_enc_cfg_t is laid out differently");
            }
            result = (int) vpx.init.invokeExact(context, codec, config, 0L, ENCODER_ABI);
            if (result != 0) {
                throw library.unsuitable(switch (result) {
                    case ABI_MISMATCH -> "its encoder ABI is not " + ENCODER_ABI;
                    case MEMORY_ERROR -> "an encoder could not be created, out of memory";
                    default -> "an encoder could not be created, error " + result;
                });
            }
            result = (int) vpx.destroy.invokeExact(context);
            return vpx;
        } catch (NativeLibraryException e) {
            throw e;
        } catch (Throwable t) {
            throw NativeLibrary.broken(t);
        }
    }
}
