package org.macemu.webrtc.media.lane.shared.encode;

import org.macemu.webrtc.media.lane.shared.ffm.VpxEncoder;

/**
 * What the video encoder is asked for. The defaults were chosen by {@code bench/encode}.
 *
 * @param kilobitsPerSecond target rate at start
 * @param speed libvpx cpu-used while bits suffice; -14 costs 10-20 % less than -12 and is as good on desktops
 * @param carefulSpeed libvpx cpu-used while they do not; -10 gains 3 dB in full motion over -12
 * @param screenContent libvpx screen content mode; 2 keeps a still picture from sharpening
 * @param staticThreshold libvpx static threshold, squared error of a 16x16 block that is not worth encoding; 400 leaves
 *     a desktop with typing at 49 dB and a dragged window at 47 (300: 50 and 48), and saves a sixth of the time over 300,
 *     40 % over 1. An active map of the changed blocks was measured on top: encoding takes 15 % less, finding those
 *     blocks as much again, so it is used for sharpening alone
 * @param bestQuantizer 2: visually lossless
 * @param worstQuantizer coarsest quantizer, 48 or more
 * @param keyFramePercent limit of a key frame, in per cent of an average frame; 450 is 37 kB at 2 Mbit/s and 30 fps,
 *     which a 2 Mbit/s viewer receives in 0.15 s
 * @param temporalLayers 1 or 2
 */
public record VideoEncoderSettings(
        int kilobitsPerSecond,
        int speed,
        int carefulSpeed,
        int screenContent,
        int staticThreshold,
        int bestQuantizer,
        int worstQuantizer,
        int keyFramePercent,
        int temporalLayers) {

    /** The defaults at a given rate. */
    public static VideoEncoderSettings of(int kilobitsPerSecond, int temporalLayers) {
        return new VideoEncoderSettings(kilobitsPerSecond, -14, -10, 1, 400, 2, 56, 450, temporalLayers);
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
