package org.macemu.webrtc.media.emulator.v4;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Request;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;
import org.macemu.webrtc.api.shm.VideoLayout;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.media.capture.FrameSignal;
import org.macemu.webrtc.media.control.EmulatorLink;
import org.macemu.webrtc.media.control.EmulatorListener;
import org.macemu.webrtc.media.control.EmulatorPeer;
import org.macemu.webrtc.media.emulator.AllowedUsers;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * Looks for an emulator of protocol v4 and connects to it, again and again. Its thread {@code control-connect} is also
 * what reads the connection, on which such an emulator says nothing after its greeting.
 *
 * <p>Segment, socket and process must belong to a user who may be the emulator: the kernel is asked, not the names. One
 * that was refused is left alone for {@link #REFUSED_NANOS}, and the next is tried. One that hung up was not refused: it
 * may be about to start anew.
 */
final class V4Link implements EmulatorLink {

    private static final Logger LOG = Logger.getLogger(V4Link.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int CONNECT_MILLIS = 1_000;

    private final V4Search search;
    private final AllowedUsers users;
    private final EmulatorListener listener;
    private final Thread thread;
    /** Until when they are left alone. Another emulator may get the same process number. */
    private final Map<V4Search.Candidate, Long> refused = new HashMap<>();

    private String trouble = "";
    private volatile V4Connection connection;
    private volatile boolean closed;

    V4Link(V4Search search, AllowedUsers users, EmulatorListener listener) {
        this.search = search;
        this.users = users;
        this.listener = listener;
        this.thread = Thread.ofPlatform().name("control-connect").daemon().unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                refused.values().removeIf(until -> until - System.nanoTime() < 0);
                for (V4Search.Candidate candidate : search.candidates()) {
                    if (!closed && !refused.containsKey(candidate) && serve(candidate)) {
                        break;
                    }
                }
            } catch (IOException | RuntimeException | InternalError e) {
                // The last is the JVM's word for a fault in mapped memory, which may come late.
                report(e);
            }
            if (!closed) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /** Says once why nothing can be found, until that changes. */
    private void report(Throwable why) {
        if (!why.toString().equals(trouble)) {
            trouble = why.toString();
            LOG.warnf("Looking for an emulator of protocol v4 in %s: %s", search.place(), trouble);
        }
    }

    /** Stays with an emulator until one side hangs up; false when there is none to stay with. */
    private boolean serve(V4Search.Candidate candidate) {
        if (!search.hasSocket(candidate)) {
            return false;
        }
        try (AFUNIXSocket socket = AFUNIXSocket.newInstance()) {
            V4Header header = V4Header.read(candidate.segment());
            if (header.magic() == 0) {
                LOG.debugf("Process %d has only begun", candidate.pid());
                return false;
            }
            try {
                socket.connect(AFUNIXSocketAddress.of(candidate.socket()), CONNECT_MILLIS);
            } catch (IOException e) {
                LOG.debugf("Process %d left its segment and has ended: %s", candidate.pid(), e.getMessage());
                return false;
            }
            check(candidate, header.pid());
            AFUNIXSocketCredentials peer = socket.getPeerCredentials();
            if (!users.contains((int) peer.getUid())) {
                throw new IOException("its socket belongs to user " + peer.getUid() + ": expected one of "
                        + users.uids() + " (macemu.control.allowed-uids adds others)");
            }
            try (V4Connection c = new V4Connection(
                    socket, candidate.segment(), new EmulatorPeer(candidate.pid(), (int) peer.getUid()), listener)) {
                if (!c.awaitGreeting()) {
                    LOG.debugf("Process %d hung up", candidate.pid());
                    return false;
                }
                if (!closed) {
                    stay(c);
                }
            }
            return true;
        } catch (IOException | InternalError e) {
            // InternalError: its segment was cut while it was read.
            refused.put(candidate, System.nanoTime() + REFUSED_NANOS);
            LOG.warnf("Emulator of process %d refused: %s", candidate.pid(), e.getMessage());
            return false;
        }
    }

    /** What it has must be what we can read, before anything is sent there. */
    private void check(V4Search.Candidate candidate, int pid) throws IOException {
        VideoSegment segment = VideoSegment.open(candidate.segment(), VideoLayout.V4);
        try (segment) {
            users.check(segment.file());
        }
        if (pid != candidate.pid()) {
            throw new IOException(
                    candidate.segment() + " says that it is of process " + pid + ": expected " + candidate.pid());
        }
    }

    private void stay(V4Connection c) throws IOException {
        connection = c;
        LOG.infof("Emulator connected: process %d of user %d, protocol v4, %s", c.peer().pid(), c.peer().uid(),
                c.hasSignal() ? "signals its pictures" : "passed no descriptor: its pictures are looked for");
        try {
            listener.connected(c.peer());
            if (!closed) {
                c.awaitEnd();
            }
        } finally {
            connection = null;
            LOG.infof("Emulator disconnected: process %d", c.peer().pid());
            c.tellEnd();
        }
    }

    /** The connected emulator's segment, or null. */
    Path segment() {
        V4Connection c = connection;
        return c == null ? null : c.segment();
    }

    /** How its pictures are waited for; null when it passed no descriptor, or is gone. */
    FrameSignal newSignal() throws IOException {
        V4Connection c = connection;
        return c == null ? null : c.newSignal();
    }

    /** Asks for 20 ms of sound. */
    void requestSound() {
        V4Connection c = connection;
        if (c != null) {
            c.requestSound();
        }
    }

    @Override
    public EmulatorPeer peer() {
        V4Connection c = connection;
        return c == null ? null : c.peer();
    }

    @Override
    public boolean send(ToEmulator message) {
        V4Connection c = connection;
        if (c == null) {
            return false;
        }
        return switch (message) {
            case Input input -> c.input(input);
            case Request request -> c.request(request);
            default -> true;
        };
    }

    @Override
    public double sendDelayMillis() {
        V4Connection c = connection;
        return c == null ? Double.NaN : c.delayMillis();
    }

    @Override
    public String place() {
        return search.place();
    }

    @Override
    public void close() {
        closed = true;
        V4Connection c = connection;
        if (c != null) {
            c.hangUp();
        }
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
