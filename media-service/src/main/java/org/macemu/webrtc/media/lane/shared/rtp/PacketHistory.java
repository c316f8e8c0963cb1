package org.macemu.webrtc.media.lane.shared.rtp;

import java.util.Arrays;

/**
 * The last packets of one stream, the same for every viewer: the fan-out sends from it, a joiner catches up from it,
 * and lost packets are sent again from it.
 *
 * <p>Packets are numbered by an index that never wraps; the RTP sequence number is its lower 16 bits. All memory is
 * allocated once: {@code capacity * slotBytes}.
 */
public final class PacketHistory {

    /**
     * Bytes of the largest packet: with 16 bytes of SRTP tag, 8 of UDP and 40 of IPv6 it stays below the 1,280 bytes
     * that every IPv6 path carries.
     */
    public static final int SLOT_BYTES = 1200;

    private static final byte FRAME_START = 1;
    private static final byte KEY_FRAME = 2;
    private static final byte UPPER_LAYER = 4;

    private final int mask;
    private final byte[] slots;
    private final short[] lengths;
    private final byte[] flags;
    private final long[] upperPackets;
    private final long[] upperFrames;
    private final long first;
    private long head;
    private long lastKeyFrame = -1;
    private int framesSinceKeyFrame;
    private long payloadBytes;
    private long upperPacketsTotal;
    private long upperFramesTotal;

    /**
     * @param capacity packets, a power of two up to 32,768 (half of the sequence number space)
     * @param firstSequence sequence number of the first packet, 0 to 65,535
     */
    public PacketHistory(int capacity, int firstSequence) {
        if (capacity < 16 || capacity > 32_768 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(
                    "history of " + capacity + " packets; a power of two from 16 to 32768 was expected");
        }
        this.mask = capacity - 1;
        this.slots = new byte[capacity * SLOT_BYTES];
        this.lengths = new short[capacity];
        this.flags = new byte[capacity];
        this.upperPackets = new long[capacity];
        this.upperFrames = new long[capacity];
        this.first = firstSequence & 0xffff;
        this.head = first;
    }

    /** Index the next packet will have. */
    public long head() {
        return head;
    }

    /** Oldest index still kept; equals {@link #head} while empty. */
    public long tail() {
        return Math.max(first, head - lengths.length);
    }

    public int capacity() {
        return lengths.length;
    }

    public boolean contains(long index) {
        return index >= tail() && index < head;
    }

    /** Index of the first packet of the newest key frame that is still kept, else -1. */
    public long lastKeyFrame() {
        return lastKeyFrame >= tail() ? lastKeyFrame : -1;
    }

    /** Frames that began after the newest key frame. */
    public int framesSinceKeyFrame() {
        return framesSinceKeyFrame;
    }

    /** Index of the packet with this sequence number that is nearest below {@code head}. */
    public long indexOf(int sequence) {
        return head - 1 - ((head - 1 - sequence) & 0xffff);
    }

    /** The backing array; a packet starts at {@link #offset}. */
    public byte[] bytes() {
        return slots;
    }

    public int offset(long index) {
        return (int) (index & mask) * SLOT_BYTES;
    }

    public int length(long index) {
        return lengths[(int) (index & mask)];
    }

    public boolean isFrameStart(long index) {
        return (flags[(int) (index & mask)] & FRAME_START) != 0;
    }

    public boolean isKeyFrame(long index) {
        return (flags[(int) (index & mask)] & KEY_FRAME) != 0;
    }

    /** Whether no later frame needs this packet. */
    public boolean isUpperLayer(long index) {
        return (flags[(int) (index & mask)] & UPPER_LAYER) != 0;
    }

    /** Packets of the upper layer ever added before this index, which is kept or {@link #head}. */
    public long upperPacketsBefore(long index) {
        return index == head ? upperPacketsTotal : upperPackets[(int) (index & mask)];
    }

    /** Frames of the upper layer that began before this index, which is kept or {@link #head}. */
    public long upperFramesBefore(long index) {
        return index == head ? upperFramesTotal : upperFrames[(int) (index & mask)];
    }

    /** RTP bytes ever added, headers included. */
    public long totalBytes() {
        return payloadBytes;
    }

    /** Forgets everything; numbering goes on. */
    public void forgetKeyFrame() {
        lastKeyFrame = -1;
    }

    /** Where the next packet is written, before {@link #add}. */
    int nextOffset() {
        return offset(head);
    }

    /** Makes the packet written at {@link #nextOffset} part of the history. */
    void add(int length, boolean frameStart, boolean keyFrame, boolean upperLayer) {
        int slot = (int) (head & mask);
        lengths[slot] = (short) length;
        flags[slot] = (byte) ((frameStart ? FRAME_START : 0)
                | (keyFrame ? KEY_FRAME : 0)
                | (upperLayer ? UPPER_LAYER : 0));
        upperPackets[slot] = upperPacketsTotal;
        upperFrames[slot] = upperFramesTotal;
        if (upperLayer) {
            upperPacketsTotal++;
            upperFramesTotal += frameStart ? 1 : 0;
        }
        if (frameStart && keyFrame) {
            lastKeyFrame = head;
            framesSinceKeyFrame = 0;
        } else if (frameStart) {
            framesSinceKeyFrame++;
        }
        payloadBytes += length;
        head++;
    }

    /** Copy of one packet, for tests and logs. */
    public byte[] packet(long index) {
        if (!contains(index)) {
            throw new IllegalArgumentException("packet " + index + " of " + tail() + " to " + head);
        }
        int offset = offset(index);
        return Arrays.copyOfRange(slots, offset, offset + length(index));
    }
}
