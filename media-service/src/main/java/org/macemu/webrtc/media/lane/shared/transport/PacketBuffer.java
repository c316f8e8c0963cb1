package org.macemu.webrtc.media.lane.shared.transport;

import java.util.Arrays;
import org.jitsi.utils.ByteArrayBuffer;

/** A packet with room for what encryption adds, as jitsi-srtp wants it. One thread at a time. */
public final class PacketBuffer implements ByteArrayBuffer {

    private byte[] bytes;
    private int offset;
    private int length;

    /** Room for any datagram. */
    public PacketBuffer() {
        this(EventLoop.MAX_DATAGRAM);
    }

    PacketBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /** Copies a packet in. */
    public void set(byte[] source, int from, int count) {
        System.arraycopy(source, from, bytes, 0, count);
        offset = 0;
        length = count;
    }

    /** Declares how much of {@link #getBuffer} is the packet. */
    public void set(int count) {
        offset = 0;
        length = count;
    }

    @Override
    public byte[] getBuffer() {
        return bytes;
    }

    @Override
    public int getOffset() {
        return offset;
    }

    @Override
    public int getLength() {
        return length;
    }

    @Override
    public void setLength(int length) {
        this.length = length;
    }

    @Override
    public void setOffset(int offset) {
        this.offset = offset;
    }

    @Override
    public boolean isInvalid() {
        return false;
    }

    @Override
    public void readRegionToBuff(int from, int count, byte[] target) {
        System.arraycopy(bytes, offset + from, target, 0, count);
    }

    @Override
    public void grow(int more) {
        if (offset + length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, offset + length + more);
        }
    }

    @Override
    public void append(byte[] data, int count) {
        grow(count);
        System.arraycopy(data, 0, bytes, offset + length, count);
        length += count;
    }

    @Override
    public void shrink(int less) {
        length = Math.max(0, length - less);
    }
}
