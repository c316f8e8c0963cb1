package org.macemu.webrtc.media.lane.shared.encode;

import java.nio.ByteBuffer;

/**
 * One encoded VP8 frame on its way from the encoder to the fan-out. Pooled: filled by the capture thread, read by the
 * fan-out's thread, then returned.
 */
public final class EncodedFrame {

    private byte[] data = new byte[32 * 1024];
    private int length;
    private boolean keyFrame;
    private int temporalLayer;
    private long rtpTime;
    private long captureNanos;

    /** Takes over a copy of an encoder's output. */
    public void set(
            byte[] source, int length, boolean keyFrame, int temporalLayer, long rtpTime, long captureNanos) {
        reserve(length);
        System.arraycopy(source, 0, data, 0, length);
        describe(length, keyFrame, temporalLayer, rtpTime, captureNanos);
    }

    /** Takes over a copy of a frame that was encoded elsewhere: what is left of the buffer. */
    public void set(ByteBuffer source, boolean keyFrame, int temporalLayer, long rtpTime, long captureNanos) {
        int size = source.remaining();
        reserve(size);
        source.get(data, 0, size);
        describe(size, keyFrame, temporalLayer, rtpTime, captureNanos);
    }

    private void reserve(int size) {
        if (data.length < size) {
            data = new byte[Math.max(size, data.length * 2)];
        }
    }

    private void describe(int size, boolean keyFrame, int temporalLayer, long rtpTime, long captureNanos) {
        this.length = size;
        this.keyFrame = keyFrame;
        this.temporalLayer = temporalLayer;
        this.rtpTime = rtpTime;
        this.captureNanos = captureNanos;
    }

    /** The frame, {@link #length} bytes of it. */
    public byte[] data() {
        return data;
    }

    public int length() {
        return length;
    }

    public boolean keyFrame() {
        return keyFrame;
    }

    /** 0: needed by later frames; 1: needed by none. */
    public int temporalLayer() {
        return temporalLayer;
    }

    /** Units of 1/90000 s, not yet offset and not yet cut to 32 bits. */
    public long rtpTime() {
        return rtpTime;
    }

    /** When the emulator finished the picture, {@link System#nanoTime}; 0 for a repetition. */
    public long captureNanos() {
        return captureNanos;
    }
}
