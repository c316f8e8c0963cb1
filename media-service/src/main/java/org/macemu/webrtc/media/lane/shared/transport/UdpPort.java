package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
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
 *
 * <p>One {@linkplain #ofThisMachine of this machine only} takes datagrams from its own address alone. The kernel delivers
 * no datagram from elsewhere that claims such a sender (a "martian"), so that nobody on the network is listened to. It
 * does where an administrator has set {@code net.ipv4.conf.*.accept_local} to 1: such a machine must filter by itself.
 */
final class UdpPort implements EventLoop.Source {

    /** Asked of the kernel, which may grant less: 250 viewers times a key frame of 40 packets is 10 MB at once. */
    private static final int SEND_BUFFER = 8 << 20;

    private static final int RECEIVE_BUFFER = 2 << 20;

    /** Datagrams read before the loop looks at its other work. */
    private static final int BURST = 128;

    /**
     * How datagrams are sent, to compare: {@code segments}, {@code batches} (one message for each datagram, many in a
     * system call) or {@code datagrams} (through the JDK, one by one).
     */
    static final String SENDER_PROPERTY = "macemu.media.udp-sender";

    private final EventLoop loop;
    private final IceRegistry registry;
    private final TransportMetrics metrics;
    private final DatagramChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(EventLoop.MAX_DATAGRAM);
    private final boolean ipv6;
    private final UdpSender sender;
    private final Map<InetSocketAddress, IcePeer> peers = new HashMap<>();
    /** The only address that is listened to; null: all are. */
    private final InetAddress onlyFrom;

    private SelectionKey key;
    private boolean waiting;

    /** Binds the socket. @throws IOException when the address is not ours or the port is taken */
    UdpPort(EventLoop loop, IceRegistry registry, TransportMetrics metrics, InetSocketAddress address)
            throws IOException {
        this(loop, registry, metrics, address, UdpPort::openSender, null);
    }

    /**
     * Binds a socket that only programs on this machine are heard on.
     *
     * @param address of one of this machine's network interfaces
     */
    static UdpPort ofThisMachine(
            EventLoop loop, IceRegistry registry, TransportMetrics metrics, InetSocketAddress address)
            throws IOException {
        return new UdpPort(loop, registry, metrics, address, UdpPort::openSender, address.getAddress());
    }

    /** Makes the sender of a bound socket. */
    @FunctionalInterface
    interface SenderFactory {
        UdpSender open(DatagramChannel channel, TransportMetrics metrics) throws IOException;
    }

    UdpPort(
            EventLoop loop,
            IceRegistry registry,
            TransportMetrics metrics,
            InetSocketAddress address,
            SenderFactory senders,
            InetAddress onlyFrom)
            throws IOException {
        this.loop = loop;
        this.onlyFrom = onlyFrom;
        this.registry = registry;
        this.metrics = metrics;
        this.channel = Sockets.openDatagram(address.getAddress());
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.bind(address);
            ipv6 = address.getAddress() instanceof Inet6Address;
            sender = senders.open(channel, metrics);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static UdpSender openSender(DatagramChannel channel, TransportMetrics metrics) throws IOException {
        String kind = System.getProperty(SENDER_PROPERTY, "segments");
        LinuxSocket socket = kind.equals("datagrams") ? null : LinuxSocket.of(channel);
        return socket == null
                ? new DatagramSender(channel, metrics)
                : new SegmentSender(socket::send, metrics, kind.equals("segments") && socket.segments());
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
            flush();
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
        if (onlyFrom != null && !from.getAddress().equals(onlyFrom)) {
            metrics.dropped(TransportMetrics.Drop.UNKNOWN_PEER);
            return;
        }
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
        return known != null ? known : new UdpPath(this, from, ipv6);
    }

    boolean writable() {
        return !waiting;
    }

    /** Sends a packet at the end of the round at the latest, or loses it. */
    void send(byte[] packet, int offset, int length, UdpPath to) {
        if (!sender.send(packet, offset, length, to)) {
            metrics.dropped(TransportMetrics.Drop.SEND_BUFFER);
        }
        watch();
    }

    @Override
    public void flush() {
        sender.flush();
        watch();
    }

    /** Has the selector tell when the kernel takes more, exactly while it does not. */
    private void watch() {
        if (waiting != sender.blocked()) {
            waiting = sender.blocked();
            key.interestOps(waiting ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    void forget(InetSocketAddress remote) {
        peers.remove(remote);
    }

    int knownAddresses() {
        return peers.size();
    }

    @Override
    public void close() {
        if (channel.isOpen()) {
            // The goodbyes.
            sender.flush();
            Sockets.closeQuietly(channel);
            sender.close();
        }
    }
}
