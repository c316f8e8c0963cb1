package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The listening TCP socket beside the UDP one (RFC 6544, passive candidates): for viewers whose network lets no UDP
 * through. Belongs to the event loop's thread.
 */
final class TcpPort implements EventLoop.Source {

    /** Time a connection has to prove that it belongs to a viewer. */
    static final long AUTHENTICATION_NANOS = 5_000_000_000L;

    /** Connections that have not proved it yet; the oldest goes first. */
    private static final int MAX_STRANGERS = 64;

    /**
     * Bytes the kernel may hold for one viewer: 0.5 s at 2 Mbit/s. More would only make a slow viewer's picture later;
     * the fan-out drops whole frames instead.
     */
    private static final int SEND_BUFFER = 128 * 1024;

    private static final int BACKLOG = 128;
    private static final int READ_BUFFER = 16 * 1024;

    private final EventLoop loop;
    private final IceRegistry registry;
    private final TransportMetrics metrics;
    private final ServerSocketChannel channel;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER);
    private final Deque<TcpConnection> strangers = new ArrayDeque<>();
    private int connections;

    TcpPort(EventLoop loop, IceRegistry registry, TransportMetrics metrics, InetSocketAddress address)
            throws IOException {
        this.loop = loop;
        this.registry = registry;
        this.metrics = metrics;
        this.channel = Sockets.openServer(address.getAddress());
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, BACKLOG);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void register(Selector selector) throws ClosedChannelException {
        channel.register(selector, SelectionKey.OP_ACCEPT, this);
    }

    @Override
    public void ready(SelectionKey key) {
        try {
            SocketChannel accepted = channel.accept();
            if (accepted != null) {
                open(accepted);
            }
        } catch (IOException e) {
            metrics.dropped(TransportMetrics.Drop.SOCKET_ERROR);
        }
    }

    private void open(SocketChannel accepted) throws IOException {
        try {
            accepted.configureBlocking(false);
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            accepted.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            if (strangers.size() >= MAX_STRANGERS) {
                metrics.dropped(TransportMetrics.Drop.TCP_CONNECTION);
                strangers.peekFirst().close();
            }
            TcpConnection connection = new TcpConnection(this, loop, accepted);
            loop.add(connection);
            strangers.addLast(connection);
            connections++;
        } catch (IOException e) {
            Sockets.closeQuietly(accepted);
            throw e;
        }
    }

    /** Closes connections that did not authenticate in time. @return nanoseconds until the next is due */
    long expire(long now) {
        while (!strangers.isEmpty()) {
            long left = strangers.peekFirst().accepted() + AUTHENTICATION_NANOS - now;
            if (left > 0) {
                return left;
            }
            metrics.dropped(TransportMetrics.Drop.TCP_CONNECTION);
            strangers.peekFirst().close();
        }
        return Long.MAX_VALUE;
    }

    int connections() {
        return connections;
    }

    ByteBuffer readBuffer() {
        return readBuffer;
    }

    IceRegistry registry() {
        return registry;
    }

    TransportMetrics metrics() {
        return metrics;
    }

    void authenticated(TcpConnection connection) {
        strangers.remove(connection);
    }

    void closed(TcpConnection connection) {
        strangers.remove(connection);
        loop.remove(connection);
        connections--;
    }

    @Override
    public void close() {
        Sockets.closeQuietly(channel);
    }
}
