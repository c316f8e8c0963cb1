package org.macemu.webrtc.media.lane.shared.transport;

/**
 * How datagrams of a {@link UdpPort} reach the kernel. Belongs to the event loop's thread.
 *
 * <p>{@link SegmentSender} where the system has it (Linux on amd64 and aarch64), else {@link DatagramSender}. Measured
 * with {@code bench/fanout --sender}, 100 viewers at 1.1 Mbit/s on loopback, the whole process: one {@code send} of the
 * JDK for each datagram 0.152 of a core, {@code sendmmsg} alone 0.121, with segments 0.111. Netty's epoll transport
 * reaches the same two system calls, at the price of its buffers and of a loop of its own.
 */
sealed interface UdpSender extends AutoCloseable permits SegmentSender, DatagramSender {

    /**
     * Takes a packet for sending, now or at the next {@link #flush}.
     *
     * @return false when there is no room for it: it is lost, as any datagram may be
     */
    boolean send(byte[] packet, int offset, int length, UdpPath to);

    /** Hands everything taken so far to the kernel. Called at the end of each round, and when the socket is writable. */
    void flush();

    /** Whether the kernel's send buffer was full at the last attempt: the socket has to become writable first. */
    boolean blocked();

    /** Frees memory. The socket is the port's. */
    @Override
    void close();
}
