package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * One peer's transport as an ICE-lite agent: the paths its checks came over, the one it nominated, the DTLS session and
 * the SRTP contexts.
 *
 * <pre>
 * NEW --first check--> CHECKED --first DTLS record--> HANDSHAKE --keys--> ESTABLISHED
 *  any state --close, close_notify, handshake failed, silent for the consent time--> CLOSED
 * </pre>
 *
 * Belongs to the event loop's thread, except {@link #close} of the DTLS session, which is called by it.
 */
public final class IcePeer {

    /** Whoever the packets of this peer are for. Called on the loop's thread. */
    public interface Listener {

        /** The handshake is done: {@link IcePeer#srtp} is there. Once. */
        void established();

        /** The peer nominated another path. */
        void pathChanged();

        /** An authenticated RTCP packet, decrypted. */
        void rtcp(byte[] b, int offset, int length);

        /**
         * The peer is gone or unusable; {@link IcePeer#close} is due.
         *
         * @param code {@code ice_failed}, {@code dtls_failed}, or null for a goodbye
         */
        void lost(String code, String reason);
    }

    private static final Logger LOG = Logger.getLogger(IcePeer.class);

    /**
     * A browser checks its connection every 2.5 s or more often; RFC 7675 section 5.1 gives up after 30 s. Authentic
     * RTCP shows as well that the peer is there and wants what it gets: receivers on Pion check only while they have
     * nothing else to send.
     */
    private static final long CONSENT_NANOS = 30_000_000_000L;

    /** A browser that still wants to be here opens another connection at once. */
    private static final long PATH_LOST_NANOS = 4_000_000_000L;

    /** A browser with several interfaces, IPv4, IPv6, UDP and TCP has about this many. */
    private static final int MAX_PATHS = 16;

    private final String name;
    private final EventLoop loop;
    private final IceRegistry registry;
    private final DtlsServer dtlsServer;
    private final TransportMetrics metrics;
    private final Listener listener;
    private final List<Path> paths = new ArrayList<>(4);
    private final PacketBuffer rtcpBuffer = new PacketBuffer();

    private IceCredentials credentials;
    private IceCredentials previous;
    private Fingerprint fingerprint;
    private Path selected;
    private boolean nominated;
    private DtlsSession dtls;
    private SrtpSession srtp;
    private long lastHeard;
    private long pathLost;
    private boolean closed;

    IcePeer(
            String name,
            EventLoop loop,
            IceRegistry registry,
            DtlsServer dtlsServer,
            TransportMetrics metrics,
            Listener listener) {
        this.name = name;
        this.loop = loop;
        this.registry = registry;
        this.dtlsServer = dtlsServer;
        this.metrics = metrics;
        this.listener = listener;
        this.lastHeard = System.nanoTime();
    }

    /**
     * Accepts checks with these credentials from now on; those used so far stay valid until the peer uses the new
     * ones (ICE restart, RFC 8445 section 2.4).
     *
     * @param fingerprint of the certificate the peer will show
     */
    public void listen(IceCredentials credentials, Fingerprint fingerprint) {
        if (closed) {
            return;
        }
        if (previous != null) {
            registry.remove(previous);
        }
        previous = this.credentials;
        this.credentials = credentials;
        this.fingerprint = fingerprint;
        lastHeard = System.nanoTime();
        registry.add(credentials, this);
    }

    /** The certificate expected of the peer. */
    public Optional<Fingerprint> fingerprint() {
        return Optional.ofNullable(fingerprint);
    }

    public boolean established() {
        return srtp != null && !closed;
    }

    /** Keys of this peer; null before {@link Listener#established}. */
    public SrtpSession srtp() {
        return srtp;
    }

    /**
     * Whether the peer has shown no sign of life for too long: no check and no RTCP for the consent time, or no new path
     * within a few seconds after the last one (TCP) was closed.
     */
    public boolean isSilent(long now) {
        return now - lastHeard > CONSENT_NANOS
                || selected == null && pathLost != 0 && now - pathLost > PATH_LOST_NANOS;
    }

    /** How far the connection got, for the error message. */
    public String stage() {
        if (selected == null && pathLost != 0) {
            return "the connection was closed";
        }
        if (selected == null) {
            return "no connectivity check arrived: the address or the port is not reachable from the browser";
        }
        return dtls == null ? "connectivity checks arrived, but no DTLS handshake" : "the peer stopped answering";
    }

    /** Sends an encrypted packet over the nominated path. @return false when it has to be tried again */
    public boolean send(byte[] packet, int offset, int length) {
        Path path = selected;
        return path != null && path.send(packet, offset, length);
    }

    public boolean writable() {
        return selected != null && selected.writable();
    }

    /** Whether packets may get lost (UDP) rather than late (TCP). */
    public boolean lossy() {
        return selected == null || selected.lossy();
    }

    /** The nominated path for logs, for example {@code udp 192.0.2.7:50123}. */
    public String describePath() {
        return selected == null
                ? "none"
                : selected.protocol() + " " + selected.remote().getAddress().getHostAddress() + ":"
                        + selected.remote().getPort();
    }

    /** Ends everything of this peer; sends close_notify when there is a session. Idempotent. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (dtls != null) {
            dtls.close();
        }
        if (credentials != null) {
            registry.remove(credentials);
        }
        if (previous != null) {
            registry.remove(previous);
        }
        // The goodbye leaves through the selected path: it is written by a task behind this one.
        loop.execute(() -> {
            List.copyOf(paths).forEach(Path::release);
            paths.clear();
            selected = null;
        });
    }

    Path pathTo(InetSocketAddress remote) {
        for (Path path : paths) {
            if (path.remote().equals(remote) && path instanceof UdpPath) {
                return path;
            }
        }
        return null;
    }

    /** An authentic check came over this path. */
    void checked(Path path, boolean nominate, String ufrag) {
        if (closed) {
            path.release();
            return;
        }
        lastHeard = System.nanoTime();
        if (!paths.contains(path)) {
            if (paths.size() >= MAX_PATHS) {
                Path oldest = paths.get(0) == selected ? paths.get(1) : paths.get(0);
                paths.remove(oldest);
                oldest.release();
            }
            paths.add(path);
        }
        if (previous != null && ufrag.equals(credentials.ufrag())) {
            registry.remove(previous);
            previous = null;
            nominated = false;
        }
        // Until the peer nominates, answers go where the first check came from.
        if (selected == null || nominate && (!nominated || path != selected)) {
            boolean changed = selected != path;
            selected = path;
            nominated = nominate;
            if (changed) {
                LOG.debugf("%s: path %s", name, describePath());
                listener.pathChanged();
            }
        }
    }

    /** The path is gone: its connection closed, or its address belongs to another peer now. */
    void lost(InetSocketAddress remote) {
        paths.removeIf(path -> path.remote().equals(remote));
        if (selected != null && selected.remote().equals(remote)) {
            selected = paths.isEmpty() ? null : paths.get(paths.size() - 1);
            nominated = false;
            pathLost = System.nanoTime();
            if (selected != null) {
                listener.pathChanged();
            }
        }
    }

    /** DTLS, RTP or RTCP (RFC 7983) from a path of this peer. */
    void received(byte[] b, int length) {
        if (closed) {
            return;
        }
        int first = b[0] & 0xff;
        if (first >= 20 && first <= 63) {
            if (dtls == null) {
                dtls = dtlsServer.accept(name, fingerprint, this::sendFromHandshake, new DtlsEvents());
            }
            dtls.received(b, length);
        } else if (first >= 128 && first <= 191 && srtp != null) {
            receivedSrtcp(b, length);
        } else {
            metrics.dropped(TransportMetrics.Drop.MALFORMED);
        }
    }

    private void receivedSrtcp(byte[] b, int length) {
        if (length > rtcpBuffer.getBuffer().length || !SrtpSession.looksLikeSrtcp(b, length)) {
            metrics.dropped(TransportMetrics.Drop.MALFORMED);
            return;
        }
        rtcpBuffer.set(b, 0, length);
        if (!srtp.unprotectRtcp(rtcpBuffer)) {
            metrics.dropped(TransportMetrics.Drop.UNAUTHENTIC_PACKET);
            return;
        }
        lastHeard = System.nanoTime();
        listener.rtcp(rtcpBuffer.getBuffer(), rtcpBuffer.getOffset(), rtcpBuffer.getLength());
    }

    /** Called by the handshake's thread. */
    private void sendFromHandshake(byte[] record) {
        loop.execute(() -> {
            if (selected != null) {
                selected.send(record, 0, record.length);
            }
        });
    }

    /** What the DTLS session reports, brought to the loop's thread. */
    private final class DtlsEvents implements DtlsSession.Listener {

        @Override
        public void established(SrtpSession keys, long nanos) {
            loop.execute(() -> {
                if (!closed) {
                    metrics.handshake(true, nanos);
                    srtp = keys;
                    listener.established();
                }
            });
        }

        @Override
        public void failed(String reason, long nanos) {
            loop.execute(() -> {
                if (!closed) {
                    metrics.handshake(false, nanos);
                    listener.lost("dtls_failed", reason);
                }
            });
        }

        @Override
        public void ended() {
            loop.execute(() -> {
                if (!closed) {
                    listener.lost(null, "the peer said goodbye");
                }
            });
        }
    }
}
