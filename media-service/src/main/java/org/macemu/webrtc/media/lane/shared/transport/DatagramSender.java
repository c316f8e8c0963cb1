package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** One system call for each datagram, through the JDK: works everywhere. */
final class DatagramSender implements UdpSender {

    private final DatagramChannel channel;
    private final TransportMetrics metrics;
    private final ByteBuffer out = ByteBuffer.allocateDirect(EventLoop.MAX_DATAGRAM);
    private boolean blocked;

    DatagramSender(DatagramChannel channel, TransportMetrics metrics) {
        this.channel = channel;
        this.metrics = metrics;
    }

    @Override
    public boolean send(byte[] packet, int offset, int length, UdpPath to) {
        out.clear();
        out.put(packet, offset, length).flip();
        try {
            blocked = channel.send(out, to.remote()) == 0;
            return !blocked;
        } catch (IOException e) {
            // Unreachable network, refused by a firewall rule: lost like any packet; ICE decides about the path.
            metrics.dropped(TransportMetrics.Drop.SOCKET_ERROR);
            return true;
        }
    }

    @Override
    public void flush() {
        blocked = false;
    }

    @Override
    public boolean blocked() {
        return blocked;
    }

    @Override
    public void close() {}
}
