package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;

/**
 * A slow or lossy network between browsers and the media-service, in user space: datagrams sent to an address of its own
 * are forwarded to the service, and the answers back, each after loss, a bottleneck and a delay. For machines whose
 * kernel has no network emulation, and for tests that need no privileges.
 *
 * <pre>
 * browser --> 127.0.0.2:P --[loss][queue at a rate][delay]--> 127.0.0.1:P service
 *         &lt;--             &lt;--[delay][queue at a rate][loss]--
 * </pre>
 *
 * One thread; what it delays is at most 1 ms late, which is all the jitter there is. The same seed loses the same
 * packets of the same traffic.
 */
public final class LinkEmulator implements AutoCloseable {

    /** The address browsers are told instead of the service's own. */
    public static final String ADDRESS = "127.0.0.2";

    /** Bytes of IPv4 and UDP header that a datagram takes on the wire. */
    private static final int HEADERS = 28;

    private static final int MAX_DATAGRAM = 2048;

    /**
     * What the link does to each datagram, in either direction.
     *
     * @param loss share of datagrams that vanish, 0 to 1
     * @param delay one way
     * @param bitsPerSecond of the bottleneck; 0: none
     * @param queueBytes what the bottleneck holds before it drops the newest
     */
    public record Impairment(double loss, Duration delay, long bitsPerSecond, int queueBytes) {

        /** A link that loses nothing, costs no time and has no bottleneck. */
        public static final Impairment NONE = new Impairment(0, Duration.ZERO, 0, 0);

        /** Random loss and half a round trip each way. */
        public static Impairment of(double loss, Duration roundTrip) {
            return new Impairment(loss, roundTrip.dividedBy(2), 0, 0);
        }

        /** A bottleneck whose queue holds 250 ms, as a home router's does at the least. */
        public Impairment limitedTo(long bitsPerSecond) {
            return new Impairment(loss, delay, bitsPerSecond, (int) (bitsPerSecond / 8 / 4));
        }
    }

    /** A datagram on its way. */
    private record Flight(long arrival, DatagramChannel from, SocketAddress to, byte[] bytes) {}

    /** One way through the link. */
    private final class Direction {
        private final ArrayDeque<Flight> flights = new ArrayDeque<>();
        private final Random random;
        private long free;

        Direction(long seed) {
            this.random = new Random(seed);
        }

        void take(byte[] bytes, DatagramChannel from, SocketAddress to, long now) {
            Impairment how = impairment;
            datagrams.increment();
            if (random.nextDouble() < how.loss) {
                lost.increment();
                return;
            }
            long departure = now;
            if (how.bitsPerSecond > 0) {
                long waiting = Math.max(0, free - now);
                if (waiting * how.bitsPerSecond / 8_000_000_000L + bytes.length + HEADERS > how.queueBytes) {
                    overflowed.increment();
                    return;
                }
                departure = now + waiting + (bytes.length + HEADERS) * 8_000_000_000L / how.bitsPerSecond;
                free = departure;
            }
            flights.add(new Flight(departure + how.delay.toNanos(), from, to, bytes));
        }

        /** Delivers what has arrived. @return nanoseconds until the next arrival */
        long deliver(long now) throws IOException {
            for (Flight flight = flights.peek(); flight != null; flight = flights.peek()) {
                if (flight.arrival > now) {
                    return flight.arrival - now;
                }
                flights.remove();
                if (flight.from.isOpen()) {
                    flight.from.send(ByteBuffer.wrap(flight.bytes), flight.to);
                }
            }
            return Long.MAX_VALUE;
        }
    }

    /** A browser's socket as the service sees it. */
    private record Upstream(DatagramChannel channel, DatagramChannel port, SocketAddress browser) {}

    private final Selector selector = Selector.open();
    private final Map<DatagramChannel, InetSocketAddress> services = new HashMap<>();
    private final Map<String, Upstream> upstreams = new HashMap<>();
    private final Direction down;
    private final Direction up;
    private final LongAdder datagrams = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder overflowed = new LongAdder();
    private final ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM);
    private final Thread thread = Thread.ofPlatform().name("link-emulator").daemon().unstarted(this::run);
    private volatile Impairment impairment;
    private volatile boolean closed;

    /**
     * Starts forwarding.
     *
     * @param service address of the media-service
     * @param firstPort first port that is forwarded, the same number on both sides
     * @param lastPort last port
     */
    public LinkEmulator(String service, int firstPort, int lastPort, Impairment impairment, long seed)
            throws IOException {
        this.impairment = impairment;
        this.down = new Direction(seed);
        this.up = new Direction(seed + 1);
        for (int port = firstPort; port <= lastPort; port++) {
            DatagramChannel channel = open(new InetSocketAddress(ADDRESS, port));
            services.put(channel, new InetSocketAddress(service, port));
        }
        thread.start();
    }

    /** Changes the link from now on. */
    public void become(Impairment other) {
        impairment = other;
    }

    /** What happened so far. */
    public String figures() {
        return datagrams.sum() + " datagrams, " + lost.sum() + " lost, " + overflowed.sum() + " overflowed";
    }

    /** Datagrams that entered the link, both ways. */
    public long datagrams() {
        return datagrams.sum();
    }

    private DatagramChannel open(InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        // The link's own queue is the only one that may overflow.
        channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 4 << 20);
        channel.bind(address);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    private void run() {
        try {
            while (!closed) {
                long now = System.nanoTime();
                long wait = Math.min(down.deliver(now), up.deliver(now));
                if (wait == Long.MAX_VALUE) {
                    selector.select(this::receive, 1_000);
                } else {
                    selector.select(this::receive, Math.max(1, wait / 1_000_000));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            selector.keys().forEach(key -> closeQuietly(key.channel()));
            closeQuietly(selector);
        }
    }

    private void receive(SelectionKey key) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        Upstream upstream = (Upstream) key.attachment();
        try {
            for (SocketAddress from = read(channel); from != null; from = read(channel)) {
                byte[] bytes = new byte[buffer.flip().remaining()];
                buffer.get(bytes);
                long now = System.nanoTime();
                if (upstream != null) {
                    down.take(bytes, upstream.port, upstream.browser, now);
                } else {
                    up.take(bytes, upstreamOf(channel, from).channel, services.get(channel), now);
                }
            }
        } catch (IOException e) {
            // A port of the service that nobody listens on yet: the datagram is lost, as on any network.
            lost.increment();
        }
    }

    private SocketAddress read(DatagramChannel channel) throws IOException {
        return channel.receive(buffer.clear());
    }

    private Upstream upstreamOf(DatagramChannel port, SocketAddress browser) throws IOException {
        String name = services.get(port).getPort() + " " + browser;
        Upstream known = upstreams.get(name);
        if (known == null) {
            DatagramChannel channel = open(new InetSocketAddress(ADDRESS, 0));
            known = new Upstream(channel, port, browser);
            channel.keyFor(selector).attach(known);
            upstreams.put(name, known);
        }
        return known;
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            System.err.println("link emulator: " + e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        selector.wakeup();
        thread.join(5_000);
    }
}
