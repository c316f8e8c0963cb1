package org.macemu.webrtc.media.lane.shared.rtp;

/**
 * How one viewer's packets are numbered when it is not sent all of the history: sequence numbers and picture ids have
 * no gaps, so that its receiver neither asks for nor waits for what was left out on purpose. TL0PICIDX needs no
 * change: it counts frames of the base layer (RFC 7741 section 4.2), which are left out only up to a key frame.
 * Owned by the viewer's track; belongs to the event loop's thread.
 *
 * <p>The history counts its packets and frames of the upper layer, so that a number follows from an index without a
 * table of what was sent.
 */
public final class Numbering {

    /** Packets from {@code start} on, numbered from {@code number} on; the other figures are those at the start. */
    private record Segment(
            long start, long number, long framesLeftOut, boolean baseOnly, long upperPackets, long upperFrames) {}

    private final PacketHistory history;

    private Segment current;
    /** The one before, whose packets may still be asked for; null: none. */
    private Segment earlier;
    private boolean baseOnly;
    /** Number of the next packet that is sent. */
    private long next;
    private long framesLeftOut;

    public Numbering(PacketHistory history) {
        this.history = history;
    }

    /** Continues at {@code index}, the start of a frame, without a gap. What came before cannot be asked for again. */
    public void startAt(long index) {
        if (current == null) {
            next = index;
        }
        earlier = null;
        current = segment(index, next, framesLeftOut);
    }

    /**
     * Leaves the upper temporal layer out, or no longer does, from the next frame on.
     *
     * @param cursor index of the next packet to send; -1 while nothing is sent
     */
    public void baseOnly(boolean only, long cursor) {
        if (only == baseOnly) {
            return;
        }
        baseOnly = only;
        if (current == null || cursor < history.tail()) {
            // The next start takes it up.
            return;
        }
        long start = cursor;
        while (start < history.head() && !history.isFrameStart(start)) {
            start++;
        }
        if (start <= current.start()) {
            current = segment(current.start(), current.number(), current.framesLeftOut());
        } else {
            Segment begun = segment(start, number(current, start), framesLeftOut(current, start));
            earlier = current;
            current = begun;
        }
    }

    private Segment segment(long start, long number, long leftOut) {
        return new Segment(
                start,
                number,
                leftOut,
                baseOnly,
                history.upperPacketsBefore(start),
                history.upperFramesBefore(start));
    }

    /** Whether the upper layer is left out. */
    public boolean isBaseOnly() {
        return baseOnly;
    }

    /** Oldest index that may be asked for again. */
    public long oldest() {
        return earlier == null ? current.start() : earlier.start();
    }

    /** Whether this packet is not for the viewer. */
    public boolean skips(long index) {
        return segmentOf(index).baseOnly() && history.isUpperLayer(index);
    }

    /** The cursor went over a packet that is not for the viewer. */
    public void skipped(long index) {
        if (history.isFrameStart(index)) {
            framesLeftOut++;
        }
    }

    /** The next packet was sent for the first time. */
    public void sent() {
        next++;
    }

    /** Sequence number of a packet, 16 bits. */
    public int sequence(long index) {
        return (int) number(segmentOf(index), index) & 0xffff;
    }

    /** Frames to take off the picture id of a packet, 15 bits. */
    public int framesLeftOut(long index) {
        return (int) framesLeftOut(segmentOf(index), index) & 0x7fff;
    }

    /**
     * Index of the packet the receiver knows by this number.
     *
     * @param cursor index of the next packet to send
     * @return -1 when the packet is not kept, or was numbered before the latest {@link #startAt}
     */
    public long lookUp(int sequence, long cursor) {
        if (current == null || next == current.number() && earlier == null) {
            return -1;
        }
        long newest = next - 1;
        long wanted = newest - ((newest - sequence) & 0xffff);
        Segment segment = wanted >= current.number() ? current : earlier;
        if (segment == null || wanted < segment.number()) {
            return -1;
        }
        // Numbers grow with the index; of those that share a number the last one was sent.
        long low = Math.max(segment.start(), history.tail());
        long high = Math.min(cursor, history.head()) - 1;
        long found = -1;
        while (low <= high) {
            long middle = low + high >>> 1;
            if (number(segment, middle) <= wanted) {
                found = middle;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found >= 0 && number(segment, found) == wanted && !skips(found) ? found : -1;
    }

    private Segment segmentOf(long index) {
        return index >= current.start() || earlier == null ? current : earlier;
    }

    private long number(Segment segment, long index) {
        long upper = segment.baseOnly() ? history.upperPacketsBefore(index) - segment.upperPackets() : 0;
        return segment.number() + index - segment.start() - upper;
    }

    private long framesLeftOut(Segment segment, long index) {
        long upper = segment.baseOnly() ? history.upperFramesBefore(index) - segment.upperFrames() : 0;
        return segment.framesLeftOut() + upper;
    }
}
