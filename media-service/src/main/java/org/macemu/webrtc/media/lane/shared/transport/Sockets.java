package org.macemu.webrtc.media.lane.shared.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;

/** Opens sockets of the family an address asks for. The IPv6 wildcard takes IPv4 too. */
final class Sockets {

    private Sockets() {}

    static DatagramChannel openDatagram(InetAddress address) throws IOException {
        return address instanceof Inet4Address
                ? DatagramChannel.open(StandardProtocolFamily.INET)
                : DatagramChannel.open(StandardProtocolFamily.INET6);
    }

    static ServerSocketChannel openServer(InetAddress address) throws IOException {
        return address instanceof Inet4Address
                ? ServerSocketChannel.open(StandardProtocolFamily.INET)
                : ServerSocketChannel.open(StandardProtocolFamily.INET6);
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Closing is all that was wanted.
        }
    }
}
