package org.macemu.webrtc.media.lane.shared.encode;

import org.macemu.webrtc.media.lane.shared.ffm.VpxEncoder;

/**
 * What the video encoder is asked for. The defaults were chosen by {@code bench/encode}.
 *
 * @param kilobitsPerSecond target rate at start
 * @param speed libvpx cpu-used; -12 is the fastest that keeps text readable in motion
 * @param screenContent libvpx screen content mode
 * @param staticThreshold libvpx static threshold; 1 lets unchanged blocks be skipped without visible residue
 * @param bestQuantizer 2: visually lossless
 * @param worstQuantizer coarsest quantizer
 * @param keyFramePercent limit of a key frame, in per cent of an average frame; 450 is 37 kB at 2 Mbit/s and 30 fps,
 *     which a 2 Mbit/s viewer receives in 0.15 s
 * @param temporalLayers 1 or 2
 */
public record VideoEncoderSettings(
        int kilobitsPerSecond,
        int speed,
        int screenContent,
        int staticThreshold,
        int bestQuantizer,
        int worstQuantizer,
        int keyFramePercent,
        int temporalLayers) {

    /** The defaults at a given rate. */
    public static VideoEncoderSettings of(int kilobitsPerSecond, int temporalLayers) {
        return new VideoEncoderSettings(kilobitsPerSecond, -12, 1, 1, 2, 56, 450, temporalLayers);
    }

    VpxEncoder.Settings encoder(int width, int height, int kilobits) {
        return new VpxEncoder.Settings(
                width,
                height,
                kilobits,
                speed,
                screenContent,
                staticThreshold,
                bestQuantizer,
                worstQuantizer,
                keyFramePercent,
                temporalLayers);
    }
}
