package org.macemu.webrtc.media.lane.shared.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jboss.logging.Logger;

/**
 * Gathers datagrams and hands them to Linux together: consecutive packets of one size to one peer as a single message
 * that the kernel (or the network card) cuts into datagrams, and many messages in one system call. A frame for one
 * viewer then passes the routing, firewall and queueing code once instead of once per packet, which is more than half
 * of what sending costs.
 *
 * <p>A message the kernel refuses to cut (a card without checksum offload, a path with a smaller MTU, an old kernel) is
 * sent again datagram by datagram; after some refusals in a row no more is asked for. What the kernel cannot take now
 * stays here until the socket is writable.
 */
final class SegmentSender implements UdpSender {

    /** Hands {@code struct mmsghdr[count]} to the kernel; see {@link LinuxSocket#send}. */
    @FunctionalInterface
    interface Kernel {
        int send(MemorySegment messages, int count);
    }

    /** Frames of this many viewers in one system call. */
    static final int MESSAGES = 64;

    /** Packets on their way: about 100 of full size, so that they are still in the processor's cache when sent. */
    static final int BYTES = 128 << 10;

    /** {@code UDP_MAX_SEGMENTS} of kernels before 6.9. */
    static final int MAX_SEGMENTS = 64;

    /** Below what fits into one IPv6 packet. */
    private static final int MAX_MESSAGE = 60_000;

    /** Refusals in a row after which segmentation is taken to be impossible here. */
    static final int REFUSALS = 8;

    private static final int ADDRESS_SLOT = 32;

    private static final Logger LOG = Logger.getLogger(SegmentSender.class);

    private final Kernel kernel;
    private final TransportMetrics metrics;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment headers = arena.allocate((long) MESSAGES * LinuxSocket.Message.BYTES, 8);
    private final MemorySegment vectors = arena.allocate((long) MESSAGES * LinuxSocket.Vector.BYTES, 8);
    private final MemorySegment controls = arena.allocate((long) MESSAGES * LinuxSocket.SegmentControl.BYTES, 8);
    private final MemorySegment addresses = arena.allocate((long) MESSAGES * ADDRESS_SLOT, 8);
    private final MemorySegment data = arena.allocate(BYTES, 64);

    // By message.
    private final int[] starts = new int[MESSAGES];
    private final int[] lengths = new int[MESSAGES];
    private final int[] sizes = new int[MESSAGES];

    /** First message that the kernel has not taken. */
    private int first;
    private int count;
    private int used;
    /** Whose packets the last message may still take; null when none. */
    private UdpPath last;
    private int lastSegments;

    /** Whether the first message goes out datagram by datagram; its start and length are then those of what is left. */
    private boolean split;

    private boolean segmenting;
    private int refusals;
    private boolean blocked;

    /** @param segmenting false: one message for each datagram */
    SegmentSender(Kernel kernel, TransportMetrics metrics, boolean segmenting) {
        this.kernel = kernel;
        this.metrics = metrics;
        this.segmenting = segmenting;
        for (int i = 0; i < MESSAGES; i++) {
            long at = (long) i * LinuxSocket.Message.BYTES;
            headers.set(ADDRESS, at + LinuxSocket.Message.NAME, addresses.asSlice((long) i * ADDRESS_SLOT));
            headers.set(
                    ADDRESS, at + LinuxSocket.Message.IOV, vectors.asSlice((long) i * LinuxSocket.Vector.BYTES));
            headers.set(JAVA_LONG, at + LinuxSocket.Message.IOV_COUNT, 1);
            long control = (long) i * LinuxSocket.SegmentControl.BYTES;
            headers.set(ADDRESS, at + LinuxSocket.Message.CONTROL, controls.asSlice(control));
            LinuxSocket.SegmentControl.initialize(controls, control);
        }
    }

    @Override
    public boolean send(byte[] packet, int offset, int length, UdpPath to) {
        if (!fits(length, to)) {
            flush();
            if (!fits(length, to)) {
                return false;
            }
        }
        MemorySegment.copy(packet, offset, data, JAVA_BYTE, used, length);
        if (to == last && continues(length)) {
            extend(length);
        } else {
            begin(length, to);
        }
        used += length;
        return true;
    }

    private boolean fits(int length, UdpPath to) {
        return used + length <= BYTES && (count < MESSAGES || to == last && continues(length));
    }

    /** Whether a packet of this length may be the next segment of the last message. */
    private boolean continues(int length) {
        int message = count - 1;
        return length <= sizes[message]
                && lastSegments < MAX_SEGMENTS
                && lengths[message] + length <= MAX_MESSAGE;
    }

    private void begin(int length, UdpPath to) {
        int message = count++;
        starts[message] = used;
        lengths[message] = length;
        sizes[message] = length;
        last = segmenting ? to : null;
        lastSegments = 1;
        long at = (long) message * LinuxSocket.Message.BYTES;
        byte[] address = to.encoded();
        MemorySegment.copy(address, 0, addresses, JAVA_BYTE, (long) message * ADDRESS_SLOT, address.length);
        headers.set(JAVA_INT, at + LinuxSocket.Message.NAME_LENGTH, address.length);
        headers.set(JAVA_LONG, at + LinuxSocket.Message.CONTROL_LENGTH, 0);
        vector(message, used, length);
    }

    private void extend(int length) {
        int message = count - 1;
        if (lastSegments++ == 1) {
            LinuxSocket.SegmentControl.size(
                    controls, (long) message * LinuxSocket.SegmentControl.BYTES, sizes[message]);
            headers.set(
                    JAVA_LONG,
                    (long) message * LinuxSocket.Message.BYTES + LinuxSocket.Message.CONTROL_LENGTH,
                    LinuxSocket.SegmentControl.BYTES);
        }
        lengths[message] += length;
        vectors.set(
                JAVA_LONG, (long) message * LinuxSocket.Vector.BYTES + LinuxSocket.Vector.LENGTH, lengths[message]);
        if (length < sizes[message]) {
            // Only the last segment may be shorter.
            last = null;
        }
    }

    private void vector(int message, int start, int length) {
        long at = (long) message * LinuxSocket.Vector.BYTES;
        vectors.set(JAVA_LONG, at + LinuxSocket.Vector.BASE, data.address() + start);
        vectors.set(JAVA_LONG, at + LinuxSocket.Vector.LENGTH, length);
    }

    @Override
    public void flush() {
        blocked = false;
        while (first < count) {
            int result = kernel.send(
                    headers.asSlice((long) first * LinuxSocket.Message.BYTES), split ? 1 : count - first);
            if (result > 0) {
                taken(result);
            } else if (-result == LinuxSocket.EAGAIN) {
                blocked = true;
                // Nothing may be added to a message the kernel has seen.
                last = null;
                return;
            } else if (-result != LinuxSocket.EINTR) {
                failed(-result);
            }
        }
        first = 0;
        count = 0;
        used = 0;
        last = null;
    }

    private void taken(int messages) {
        if (split) {
            nextDatagram();
            return;
        }
        if (refusals > 0) {
            for (int i = first; i < first + messages; i++) {
                if (lengths[i] > sizes[i]) {
                    refusals = 0;
                }
            }
        }
        first += messages;
    }

    private void failed(int errno) {
        if (split) {
            metrics.dropped(TransportMetrics.Drop.SOCKET_ERROR);
            nextDatagram();
            return;
        }
        boolean segments = lengths[first] > sizes[first];
        boolean refused = errno == LinuxSocket.EINVAL
                || errno == LinuxSocket.EIO
                || errno == LinuxSocket.EMSGSIZE
                || errno == LinuxSocket.EOPNOTSUPP;
        if (segments && refused) {
            if (segmenting && ++refusals == REFUSALS) {
                segmenting = false;
                LOG.infof("The kernel does not segment datagrams (errno %d); they are sent one by one", errno);
            }
            split();
            return;
        }
        // Unreachable network, refused by a firewall rule, a full queue: lost like any packet; ICE decides about the
        // path.
        TransportMetrics.Drop cause =
                errno == LinuxSocket.ENOBUFS ? TransportMetrics.Drop.SEND_BUFFER : TransportMetrics.Drop.SOCKET_ERROR;
        for (int left = lengths[first]; left > 0; left -= sizes[first]) {
            metrics.dropped(cause);
        }
        first++;
    }

    private void split() {
        split = true;
        headers.set(
                JAVA_LONG, (long) first * LinuxSocket.Message.BYTES + LinuxSocket.Message.CONTROL_LENGTH, 0);
        vector(first, starts[first], sizes[first]);
    }

    private void nextDatagram() {
        int size = sizes[first];
        starts[first] += size;
        lengths[first] -= size;
        if (lengths[first] <= 0) {
            split = false;
            first++;
        } else {
            vector(first, starts[first], Math.min(size, lengths[first]));
        }
    }

    @Override
    public boolean blocked() {
        return blocked;
    }

    /** Whether segmentation is in use. */
    boolean segmenting() {
        return segmenting;
    }

    @Override
    public void close() {
        arena.close();
    }
}
