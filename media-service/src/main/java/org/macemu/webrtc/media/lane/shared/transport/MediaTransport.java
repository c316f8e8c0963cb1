package org.macemu.webrtc.media.lane.shared.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The port all viewers share, and the addresses browsers are told to find it at. Owned by the lane.
 *
 * <p>Everything but construction and {@link #close} belongs to the event loop's thread.
 */
public final class MediaTransport implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(MediaTransport.class);

    /** Of no host: set apart for examples by RFC 5737. */
    private static final byte[] SOMEWHERE = {(byte) 203, 0, 113, 1};

    private final EventLoop loop;
    private final IceRegistry registry;
    private final DtlsServer dtls;
    private final TransportMetrics metrics;
    private final List<UdpPort> udp = new ArrayList<>();
    private final List<TcpPort> tcp = new ArrayList<>();
    private final List<AdvertisedAddress> advertised;
    private final int port;

    /**
     * Binds the sockets.
     *
     * @param bind addresses to listen on; {@code 0.0.0.0} and {@code ::} mean all of their family
     * @param port UDP and TCP port; 0 chooses a free one
     * @param advertise addresses or host names browsers reach this machine at; empty: those of its interfaces
     * @throws IOException with a message that says what to change, when an address or the port cannot be used
     */
    public MediaTransport(
            EventLoop loop,
            DtlsServer dtls,
            TransportMetrics metrics,
            List<String> bind,
            int port,
            List<String> advertise)
            throws IOException {
        this.loop = loop;
        this.dtls = dtls;
        this.metrics = metrics;
        this.registry = new IceRegistry(metrics);
        List<InetAddress> addresses = bindAddresses(bind);
        try {
            int bound = port;
            for (InetAddress address : addresses) {
                bound = open(address, bound);
            }
            this.port = bound;
            List<AdvertisedAddress> told = new ArrayList<>();
            for (InetAddress address : advertise.isEmpty() ? discover(addresses) : resolve(advertise)) {
                told.add(new AdvertisedAddress(address, true));
            }
            if (told.isEmpty()) {
                throw new IOException("no address to advertise was found on " + addresses
                        + "; name the addresses browsers can reach in the advertised addresses");
            }
            if (advertise.isEmpty() && addresses.stream().allMatch(InetAddress::isLoopbackAddress)) {
                openForThisMachine(told);
            }
            this.advertised = List.copyOf(told);
            for (UdpPort source : udp) {
                loop.add(source);
            }
            for (TcpPort source : tcp) {
                loop.add(source);
            }
        } catch (IOException e) {
            udp.forEach(UdpPort::close);
            tcp.forEach(TcpPort::close);
            throw e;
        }
    }

    /** The UDP and TCP port. */
    public int port() {
        return port;
    }

    public List<AdvertisedAddress> advertised() {
        return advertised;
    }

    /** A peer that nobody can reach before {@link IcePeer#listen}. */
    public IcePeer peer(String name, IcePeer.Listener listener) {
        return new IcePeer(name, loop, registry, dtls, metrics, listener);
    }

    /** Closes strangers' TCP connections in time. @return nanoseconds until the next call is due */
    public long expire(long now) {
        long wait = Long.MAX_VALUE;
        for (TcpPort listening : tcp) {
            wait = Math.min(wait, listening.expire(now));
        }
        return wait;
    }

    /** What is held for peers, for the leak test: ICE user names, addresses, TCP connections. */
    public List<Integer> held() {
        return List.of(
                registry.size(),
                udp.stream().mapToInt(UdpPort::knownAddresses).sum(),
                tcp.stream().mapToInt(TcpPort::connections).sum());
    }

    /** The sockets are closed by the event loop. */
    @Override
    public void close() {
        loop.close();
    }

    private int open(InetAddress address, int wanted) throws IOException {
        // With a free port of the system's choice, TCP may find the number taken: try another then.
        for (int attempt = 1; ; attempt++) {
            UdpPort datagrams = null;
            int number = wanted;
            try {
                datagrams = new UdpPort(loop, registry, metrics, new InetSocketAddress(address, wanted));
                number = datagrams.localPort();
                tcp.add(new TcpPort(loop, registry, metrics, new InetSocketAddress(address, number)));
                udp.add(datagrams);
                return number;
            } catch (IOException e) {
                String protocol = datagrams == null ? "UDP" : "TCP";
                if (datagrams != null) {
                    datagrams.close();
                }
                if (wanted == 0 && attempt < 10) {
                    continue;
                }
                throw new IOException(
                        protocol + " port " + number + " on " + address.getHostAddress() + " cannot be used: "
                                + e.getMessage()
                                + (e instanceof BindException
                                        ? ". Another program uses it, or the address is not of this machine; choose"
                                                + " another media port or bind address"
                                        : ""),
                        e);
            }
        }
    }

    /**
     * Beside loopback, the address that this machine's own programs use towards others: Firefox pairs no candidate of a
     * loopback address (nICEr, {@code nr_ice_component_can_candidate_addr_pair}), and has none of its own. Where there is
     * no such address, or the port is taken there, such browsers go over to the adaptive lane.
     */
    private void openForThisMachine(List<AdvertisedAddress> told) {
        InetAddress own = sourceAddress();
        if (own == null) {
            return;
        }
        try {
            udp.add(UdpPort.ofThisMachine(loop, registry, metrics, new InetSocketAddress(own, port)));
            told.add(new AdvertisedAddress(own, false));
        } catch (IOException e) {
            LOG.debugf("UDP port %d on %s for this machine's browsers: %s", port, own.getHostAddress(), e.getMessage());
        }
    }

    /** Where datagrams to the world would come from, by the routing table: nothing is sent. Null without a route. */
    static InetAddress sourceAddress() {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.getByAddress(SOMEWHERE), 9);
            InetAddress own = socket.getLocalAddress();
            return own instanceof Inet4Address && !own.isLoopbackAddress() && !own.isAnyLocalAddress() ? own : null;
        } catch (IOException | UncheckedIOException e) {
            return null;
        }
    }

    private static List<InetAddress> bindAddresses(List<String> bind) throws IOException {
        Set<InetAddress> addresses = new LinkedHashSet<>(resolve(bind));
        boolean ipv6 = addresses.stream().anyMatch(a -> a instanceof Inet6Address && a.isAnyLocalAddress());
        if (ipv6 && !hasIpv6()) {
            addresses.removeIf(Inet6Address.class::isInstance);
            ipv6 = false;
        }
        if (ipv6) {
            // The IPv6 wildcard socket takes IPv4 as well; a second one of IPv4 would collide with it.
            addresses.removeIf(a -> a instanceof Inet4Address);
        }
        if (addresses.isEmpty()) {
            throw new IOException("no address to bind the media port to: " + bind);
        }
        return List.copyOf(addresses);
    }

    private static List<InetAddress> resolve(List<String> names) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String name : names) {
            try {
                addresses.addAll(List.of(InetAddress.getAllByName(name.strip())));
            } catch (UnknownHostException e) {
                throw new IOException("\"" + name + "\" is neither an IP address nor a host name known here", e);
            }
        }
        return addresses;
    }

    private static List<InetAddress> discover(List<InetAddress> bound) throws SocketException {
        Set<InetAddress> found = new LinkedHashSet<>();
        for (InetAddress address : bound) {
            if (!address.isAnyLocalAddress()) {
                found.add(address);
            } else {
                boolean ipv4Only = address instanceof Inet4Address;
                found.addAll(interfaceAddresses(ipv4Only, false));
                if (found.isEmpty()) {
                    found.addAll(interfaceAddresses(ipv4Only, true));
                }
            }
        }
        return List.copyOf(found);
    }

    private static List<InetAddress> interfaceAddresses(boolean ipv4Only, boolean loopback) throws SocketException {
        return NetworkInterface.networkInterfaces()
                .filter(MediaTransport::isUp)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(a -> a.isLoopbackAddress() == loopback && !a.isLinkLocalAddress() && !a.isMulticastAddress())
                .filter(a -> !ipv4Only || a instanceof Inet4Address)
                .sorted((a, b) -> Boolean.compare(a instanceof Inet6Address, b instanceof Inet6Address))
                .toList();
    }

    private static boolean isUp(NetworkInterface networkInterface) {
        try {
            return networkInterface.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    private static boolean hasIpv6() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(Inet6Address.class::isInstance);
    }
}
