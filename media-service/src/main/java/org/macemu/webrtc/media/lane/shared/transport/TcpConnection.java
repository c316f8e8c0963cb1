package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One accepted TCP connection: packets with a length of two bytes before each (RFC 4571 section 2). Belongs to the
 * event loop's thread.
 *
 * <p>Before its first authentic check it may only send connectivity checks, and has {@link TcpPort#AUTHENTICATION_NANOS}
 * for that.
 */
final class TcpConnection implements Path, EventLoop.Source {

    private static final int LENGTH_BYTES = 2;

    private final TcpPort port;
    private final EventLoop loop;
    private final SocketChannel channel;
    private final InetSocketAddress remote;
    private final ByteBuffer out = ByteBuffer.allocate(LENGTH_BYTES + EventLoop.MAX_DATAGRAM);
    private final long accepted = System.nanoTime();
    private SelectionKey key;
    private IcePeer peer;
    private byte[] partial;
    private int partialLength;
    private boolean closed;

    TcpConnection(TcpPort port, EventLoop loop, SocketChannel channel) throws IOException {
        this.port = port;
        this.loop = loop;
        this.channel = channel;
        this.remote = (InetSocketAddress) channel.getRemoteAddress();
        out.limit(0);
    }

    @Override
    public void register(Selector selector) throws ClosedChannelException {
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    long accepted() {
        return accepted;
    }

    boolean authenticated() {
        return peer != null;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public String protocol() {
        return "tcp";
    }

    @Override
    public boolean lossy() {
        return false;
    }

    @Override
    public void ready(SelectionKey ready) {
        if (ready.isWritable()) {
            write();
        }
        if (!closed && ready.isReadable()) {
            read();
        }
    }

    private void read() {
        ByteBuffer in = port.readBuffer();
        in.clear();
        if (partialLength > 0) {
            in.put(partial, 0, partialLength);
        }
        try {
            if (channel.read(in) < 0) {
                close();
                return;
            }
        } catch (IOException e) {
            close();
            return;
        }
        in.flip();
        partialLength = 0;
        byte[] b = loop.scratch();
        while (!closed && in.remaining() >= LENGTH_BYTES) {
            int length = in.getShort(in.position()) & 0xffff;
            if (length > EventLoop.MAX_DATAGRAM) {
                port.metrics().dropped(TransportMetrics.Drop.MALFORMED);
                close();
                return;
            }
            if (in.remaining() < LENGTH_BYTES + length) {
                break;
            }
            in.getShort();
            in.get(b, 0, length);
            received(b, length);
        }
        if (!closed && in.hasRemaining()) {
            keep(in);
        }
    }

    /** Keeps the beginning of a packet whose rest has not come yet. */
    private void keep(ByteBuffer in) {
        if (partial == null) {
            partial = new byte[LENGTH_BYTES + EventLoop.MAX_DATAGRAM];
        }
        partialLength = in.remaining();
        in.get(partial, 0, partialLength);
    }

    private void received(byte[] b, int length) {
        if (length == 0) {
            return;
        }
        if ((b[0] & 0xff) < 4) {
            IcePeer checked = port.registry().check(b, length, remote, peer, candidate -> this);
            if (checked != null && !closed) {
                if (peer == null) {
                    port.authenticated(this);
                }
                peer = checked;
            }
        } else if (peer != null) {
            peer.received(b, length);
        } else {
            port.metrics().dropped(TransportMetrics.Drop.UNKNOWN_PEER);
            close();
        }
    }

    @Override
    public boolean writable() {
        return !closed && !out.hasRemaining();
    }

    @Override
    public boolean send(byte[] packet, int offset, int length) {
        if (closed) {
            return true;
        }
        if (out.hasRemaining()) {
            return false;
        }
        out.clear();
        out.putShort((short) length).put(packet, offset, length).flip();
        write();
        return true;
    }

    private void write() {
        try {
            channel.write(out);
        } catch (IOException e) {
            close();
            return;
        }
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    @Override
    public void release() {
        close();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Sockets.closeQuietly(channel);
        port.closed(this);
        if (peer != null) {
            peer.lost(remote);
        }
    }
}
