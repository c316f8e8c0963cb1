package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetSocketAddress;

/** A peer's address on one of our UDP sockets. */
final class UdpPath implements Path {

    private final UdpPort port;
    private final InetSocketAddress remote;
    private final byte[] encoded;

    UdpPath(UdpPort port, InetSocketAddress remote, boolean ipv6) {
        this.port = port;
        this.remote = remote;
        this.encoded = LinuxSocket.encode(remote, ipv6);
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    /** The address as the kernel wants it, for a socket of the port's family. */
    byte[] encoded() {
        return encoded;
    }

    @Override
    public String protocol() {
        return "udp";
    }

    @Override
    public boolean send(byte[] packet, int offset, int length) {
        port.send(packet, offset, length, this);
        return true;
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
