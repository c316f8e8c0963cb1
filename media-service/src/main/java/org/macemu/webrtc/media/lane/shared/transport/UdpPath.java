package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetSocketAddress;

/** A peer's address on one of our UDP sockets. */
record UdpPath(UdpPort port, InetSocketAddress remote) implements Path {

    @Override
    public String protocol() {
        return "udp";
    }

    @Override
    public boolean send(byte[] packet, int offset, int length) {
        return port.send(packet, offset, length, remote);
    }

    @Override
    public boolean writable() {
        return port.writable();
    }

    @Override
    public void release() {
        port.forget(remote);
    }
}
