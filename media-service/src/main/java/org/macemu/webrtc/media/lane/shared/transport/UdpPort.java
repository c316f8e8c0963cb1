package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;

/**
 * One UDP socket shared by all viewers: reads datagrams and finds the peer by its address. Belongs to the event loop's
 * thread.
 */
final class UdpPort implements EventLoop.Source {

    /** Asked of the kernel, which may grant less: 250 viewers times a key frame of 40 packets is 10 MB at once. */
    private static final int SEND_BUFFER = 8 << 20;

    private static final int RECEIVE_BUFFER = 2 << 20;

    /** Datagrams read before the loop looks at its other work. */
    private static final int BURST = 128;

    private final EventLoop loop;
    private final IceRegistry registry;
    private final TransportMetrics metrics;
    private final DatagramChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(EventLoop.MAX_DATAGRAM);
    private final ByteBuffer out = ByteBuffer.allocateDirect(EventLoop.MAX_DATAGRAM);
    private final Map<InetSocketAddress, IcePeer> peers = new HashMap<>();
    private SelectionKey key;
    private boolean writable = true;

    /** Binds the socket. @throws IOException when the address is not ours or the port is taken */
    UdpPort(EventLoop loop, IceRegistry registry, TransportMetrics metrics, InetSocketAddress address)
            throws IOException {
        this.loop = loop;
        this.registry = registry;
        this.metrics = metrics;
        this.channel = Sockets.openDatagram(address.getAddress());
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.bind(address);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    int localPort() throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    public void register(Selector selector) throws ClosedChannelException {
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    @Override
    public void ready(SelectionKey ready) {
        if (ready.isWritable()) {
            writable = true;
            ready.interestOps(SelectionKey.OP_READ);
        }
        if (!ready.isReadable()) {
            return;
        }
        byte[] b = loop.scratch();
        for (int i = 0; i < BURST; i++) {
            InetSocketAddress from;
            try {
                in.clear();
                from = (InetSocketAddress) channel.receive(in);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // An ICMP error of an earlier send; the next datagram is unaffected.
                metrics.dropped(TransportMetrics.Drop.SOCKET_ERROR);
                continue;
            }
            if (from == null) {
                return;
            }
            in.flip();
            int length = in.remaining();
            in.get(b, 0, length);
            received(b, length, from);
        }
    }

    private void received(byte[] b, int length, InetSocketAddress from) {
        if (length == 0) {
            metrics.dropped(TransportMetrics.Drop.MALFORMED);
            return;
        }
        if ((b[0] & 0xff) < 4) {
            IcePeer peer = registry.check(b, length, from, peers.get(from), candidate -> pathOf(candidate, from));
            if (peer != null) {
                peers.put(from, peer);
            }
            return;
        }
        IcePeer peer = peers.get(from);
        if (peer == null) {
            metrics.dropped(TransportMetrics.Drop.UNKNOWN_PEER);
            return;
        }
        peer.received(b, length);
    }

    private Path pathOf(IcePeer peer, InetSocketAddress from) {
        Path known = peer.pathTo(from);
        return known != null ? known : new UdpPath(this, from);
    }

    boolean writable() {
        return writable;
    }

    boolean send(byte[] packet, int offset, int length, InetSocketAddress to) {
        if (!writable) {
            return false;
        }
        out.clear();
        out.put(packet, offset, length).flip();
        try {
            if (channel.send(out, to) > 0) {
                return true;
            }
        } catch (IOException e) {
            // Unreachable network, refused by a firewall rule: lost like any packet; ICE decides about the path.
            metrics.dropped(TransportMetrics.Drop.SOCKET_ERROR);
            return true;
        }
        // This packet is lost, as any may be on UDP; the next ones wait. (It is encrypted already: JCE refuses to
        // encrypt the same number twice in a row.)
        writable = false;
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        metrics.dropped(TransportMetrics.Drop.SEND_BUFFER);
        return true;
    }

    void forget(InetSocketAddress remote) {
        peers.remove(remote);
    }

    int knownAddresses() {
        return peers.size();
    }

    @Override
    public void close() {
        Sockets.closeQuietly(channel);
    }
}
