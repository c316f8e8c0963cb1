package org.macemu.webrtc.media.control;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.api.control.LineBuffer;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * The listening Unix socket of protocol v1, and the one emulator connected to it.
 *
 * <p>Threads: {@code control-accept} accepts, and refuses a second emulator while the first lives; {@code control-read}
 * reads the emulator's lines; {@code control-write} (see {@link MessageWriter}) writes ours. All are platform threads:
 * blocking on this socket in a virtual thread burns a core.
 */
public final class ControlSocket implements EmulatorLink {

    private static final Logger LOG = Logger.getLogger(ControlSocket.class);

    /**
     * An emulator that starts again connects before the end of its last connection has been read here. A second one is
     * refused only if the first is still there after this time.
     */
    private static final long HANDOVER_MILLIS = 250;

    /** Who may connect, and with what permissions the socket is made. */
    public record Settings(Path path, String permissions, Set<Integer> allowedUids) {
        public Settings {
            allowedUids = Set.copyOf(allowedUids);
        }
    }

    private final Settings settings;
    private final EmulatorListener listener;
    private final AFUNIXServerSocket server;
    private final Thread acceptor;
    /** Guards the change of {@link #connection}; notified when it ends. */
    private final Object vacancy = new Object();

    private volatile Connection connection;
    private volatile boolean closed;

    /**
     * Binds the socket; {@link #start} begins to accept.
     *
     * @throws IOException when it cannot be bound; the message says why and what to do
     */
    public ControlSocket(Settings settings, EmulatorListener listener) throws IOException {
        this.settings = settings;
        this.listener = listener;
        this.server = bind(settings);
        this.acceptor = Thread.ofPlatform().name("control-accept").daemon().unstarted(this::accept);
    }

    @Override
    public void start() {
        acceptor.start();
    }

    private static AFUNIXServerSocket bind(Settings settings) throws IOException {
        Path path = settings.path();
        removeStale(path);
        AFUNIXServerSocket server = AFUNIXServerSocket.newInstance();
        try {
            server.bind(AFUNIXSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(settings.permissions()));
            return server;
        } catch (IOException e) {
            server.close();
            throw new IOException("Cannot listen on control socket " + path + " (" + e.getMessage()
                    + "): its folder must exist and be writable, and the path at most 107 bytes long. "
                    + "MACEMU_CONTROL_SOCK names another", e);
        }
    }

    /** The file of a socket outlives its process; it is removed unless somebody answers on it. */
    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isSymbolicLink(path)) {
            throw new IOException("Cannot listen on control socket " + path
                    + ": something that is no socket stands there. Remove it, or name another path in MACEMU_CONTROL_SOCK");
        }
        try (AFUNIXSocket probe = AFUNIXSocket.newInstance()) {
            probe.connect(AFUNIXSocketAddress.of(path), 1_000);
        } catch (SocketTimeoutException e) {
            // Somebody listens, and is too busy to accept.
        } catch (IOException e) {
            deleteStale(path, e);
            return;
        }
        throw new IOException("Cannot listen on control socket " + path
                + ": another server is listening there. End it, or name another path in MACEMU_CONTROL_SOCK");
    }

    private static void deleteStale(Path path, IOException whyNobodyAnswered) throws IOException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new IOException("Cannot listen on control socket " + path + ": it is there already, nobody answers on it ("
                    + whyNobodyAnswered.getMessage() + "), and it cannot be removed (" + e
                    + "). MACEMU_CONTROL_SOCK names another", e);
        }
    }

    @Override
    public EmulatorPeer peer() {
        Connection c = connection;
        return c == null || c.ended ? null : c.peer;
    }

    @Override
    public boolean send(ToEmulator message) {
        Connection c = connection;
        return c != null && c.writer.offer(message);
    }

    @Override
    public double sendDelayMillis() {
        Connection c = connection;
        return c == null ? Double.NaN : c.writer.delayMillis();
    }

    @Override
    public String place() {
        return settings.path().toString();
    }

    private void accept() {
        while (!closed) {
            try {
                AFUNIXSocket socket = server.accept();
                try {
                    admit(socket);
                } catch (IOException | RuntimeException e) {
                    LOG.warn("An emulator could not be admitted", e);
                    socket.close();
                }
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("Accepting an emulator failed; going on", e);
                    pause();
                }
            }
        }
    }

    /** Too many open files, most likely: there is nothing to do but to let some close. */
    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void admit(AFUNIXSocket socket) throws IOException {
        AFUNIXSocketCredentials credentials = socket.getPeerCredentials();
        int uid = (int) credentials.getUid();
        if (!settings.allowedUids().contains(uid)) {
            refuse(socket, "user " + uid + " may not connect: expected one of " + settings.allowedUids());
            return;
        }
        awaitVacancy();
        Connection living = connection;
        if (living != null) {
            refuse(socket, "another emulator is connected already (process " + living.peer.pid() + ")");
            return;
        }
        Connection c = new Connection(socket, new EmulatorPeer((int) credentials.getPid(), uid));
        connection = c;
        LOG.infof("Emulator connected: process %d of user %d", c.peer.pid(), uid);
        try {
            listener.connected(c.peer);
        } finally {
            c.start();
        }
        if (closed) {
            c.drop();
        }
    }

    private void awaitVacancy() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HANDOVER_MILLIS);
        synchronized (vacancy) {
            long left = HANDOVER_MILLIS;
            while (connection != null && left > 0 && !closed) {
                try {
                    vacancy.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        }
    }

    private void vacate() {
        synchronized (vacancy) {
            connection = null;
            vacancy.notifyAll();
        }
    }

    private static void refuse(AFUNIXSocket socket, String why) {
        LOG.warnf("Emulator refused: %s", why);
        try (socket) {
            socket.getOutputStream().write(ControlCodec.encode(new ControlMessage.Error(why)));
        } catch (IOException e) {
            // It left before it heard why.
        }
    }

    /** Ends the connection and the socket, and removes its file. */
    @Override
    public void close() {
        closed = true;
        try {
            server.close();
            Files.deleteIfExists(settings.path());
        } catch (IOException e) {
            LOG.debug("Closing the control socket", e);
        }
        Connection c = connection;
        if (c != null) {
            c.drop();
        }
    }

    /** One emulator. */
    private final class Connection implements LineBuffer.Lines {

        private static final int READ_BYTES = 8 * 1024;

        /** An emulator that talks nonsense is told so, but not more often than this per connection. */
        private static final int COMPLAINTS = 100;

        private final AFUNIXSocket socket;
        private final EmulatorPeer peer;
        private final MessageWriter<ToEmulator> writer;
        private volatile boolean ended;
        private int complaints;

        Connection(AFUNIXSocket socket, EmulatorPeer peer) throws IOException {
            this.socket = socket;
            this.peer = peer;
            this.writer = new MessageWriter<>(socket.getOutputStream(), new JsonLines(), this::drop);
        }

        void start() {
            writer.start();
            Thread.ofPlatform().name("control-read").daemon().start(this::read);
        }

        private void read() {
            LineBuffer lines = new LineBuffer(ControlCodec.MAX_LINE_BYTES);
            byte[] bytes = new byte[READ_BYTES];
            try (InputStream in = socket.getInputStream()) {
                int n;
                while ((n = in.read(bytes)) >= 0) {
                    lines.feed(ByteBuffer.wrap(bytes, 0, n), this);
                }
            } catch (SocketException e) {
                LOG.debug("Emulator connection ended", e);
            } catch (IOException | RuntimeException e) {
                LOG.warn("Emulator connection failed", e);
            } finally {
                drop();
                LOG.infof("Emulator disconnected: process %d", peer.pid());
                try {
                    // Before the place is free: the listener hears of this end before it hears of the next emulator.
                    listener.disconnected(peer);
                } finally {
                    vacate();
                }
            }
        }

        @Override
        public void line(byte[] line) {
            try {
                listener.received(ControlCodec.decodeFromEmulator(line));
            } catch (ControlProtocolException e) {
                complain(e.getMessage());
            }
        }

        @Override
        public void tooLong(int limit) {
            complain("A line is longer than " + limit + " bytes; it was skipped to its end");
        }

        private void complain(String what) {
            if (complaints++ < COMPLAINTS) {
                LOG.warnf("Emulator line refused: %s", what);
                writer.offer(new ControlMessage.Error(what));
            }
        }

        /** Makes the reader and the writer end. */
        private void drop() {
            ended = true;
            writer.close();
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("Closing the emulator connection", e);
            }
        }
    }
}
