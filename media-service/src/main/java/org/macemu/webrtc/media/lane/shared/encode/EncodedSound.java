package org.macemu.webrtc.media.lane.shared.encode;

import java.nio.ByteBuffer;
import org.macemu.webrtc.media.lane.shared.ffm.OpusEncoder;

/** One Opus packet of 20 ms on its way to the fan-out. Pooled like {@link EncodedFrame}. */
public final class EncodedSound {

    private final byte[] data = new byte[OpusEncoder.MAX_PACKET];
    private int length;
    private long sampleIndex;
    private boolean first;
    private long captureNanos;

    /** Takes over a copy of a packet that was encoded elsewhere. */
    public void set(byte[] source, int length, long sampleIndex, boolean first, long captureNanos) {
        System.arraycopy(source, 0, data, 0, length);
        set(length, sampleIndex, first, captureNanos);
    }

    /**
     * Takes over a copy of a packet that was encoded elsewhere: what is left of the buffer, at most
     * {@link OpusEncoder#MAX_PACKET} bytes.
     */
    public void set(ByteBuffer source, long sampleIndex, boolean first, long captureNanos) {
        int size = source.remaining();
        source.get(data, 0, size);
        set(size, sampleIndex, first, captureNanos);
    }

    void set(int length, long sampleIndex, boolean first, long captureNanos) {
        this.length = length;
        this.sampleIndex = sampleIndex;
        this.first = first;
        this.captureNanos = captureNanos;
    }

    /** The packet, {@link #length} bytes of it. */
    public byte[] data() {
        return data;
    }

    public int length() {
        return length;
    }

    /** Index of the first sample frame at 48 kHz: RTP time before its offset. */
    public long sampleIndex() {
        return sampleIndex;
    }

    /** First packet after a silence that was not sent (RFC 3551 section 4.1: marker bit). */
    public boolean first() {
        return first;
    }

    /** When the last sample arrived, {@link System#nanoTime}. */
    public long captureNanos() {
        return captureNanos;
    }
}
