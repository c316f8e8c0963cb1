package org.macemu.webrtc.synthetic;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage.Error;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.api.control.LineBuffer;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * The emulator's end of the control socket: connects, and connects again for ever, reads lines, writes the answers. One
 * platform thread of its own does both.
 */
final class ControlLink implements AutoCloseable {

    private static final long SHORTEST_PAUSE = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();

    /** Answers messages, on the link's thread. */
    interface Answers {
        /** What is sent back, in order; empty for input. */
        List<FromEmulator> answer(ToEmulator message);

        /** Called after the answers are written; may {@link #drop} the connection. */
        void answered(ToEmulator message);
    }

    private final Path path;
    private final AFUNIXSocketAddress address;
    private final Answers answers;
    private final Consumer<String> log;
    private final Thread thread;
    private volatile boolean closed;
    private volatile AFUNIXSocket socket;
    private volatile boolean connected;
    private volatile long awayUntil;
    private volatile int connections;

    /** @throws IOException when the path cannot be that of a socket */
    ControlLink(Path path, Answers answers, Consumer<String> log) throws IOException {
        this.path = path;
        this.address = AFUNIXSocketAddress.of(path);
        this.answers = answers;
        this.log = log;
        this.awayUntil = System.nanoTime();
        this.thread = Thread.ofPlatform().name("synthetic-control").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean connected() {
        return connected;
    }

    /** Connections made so far. */
    int connections() {
        return connections;
    }

    private void run() {
        long pause = SHORTEST_PAUSE;
        while (!closed) {
            long away = awayUntil - System.nanoTime();
            if (away > 0) {
                LockSupport.parkNanos(away);
                continue;
            }
            long began = System.nanoTime();
            try {
                converse();
            } catch (IOException e) {
                // No server yet, or it went away: both are ordinary, and the next attempt follows.
            } finally {
                if (connected) {
                    connected = false;
                    log.accept("disconnected from " + path);
                }
            }
            boolean lasted = System.nanoTime() - began > LONGEST_PAUSE;
            pause = lasted ? SHORTEST_PAUSE : Math.min(LONGEST_PAUSE, pause * 2);
            if (!closed) {
                LockSupport.parkNanos(pause);
            }
        }
    }

    private void converse() throws IOException {
        try (AFUNIXSocket opened = AFUNIXSocket.newInstance()) {
            opened.connect(address);
            socket = opened;
            if (closed) {
                return;
            }
            connections++;
            connected = true;
            log.accept("connected to " + path);
            InputStream in = opened.getInputStream();
            OutputStream out = opened.getOutputStream();
            LineBuffer lines = new LineBuffer(ControlCodec.MAX_LINE_BYTES);
            byte[] bytes = new byte[8192];
            Reader reader = new Reader(out);
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                lines.feed(ByteBuffer.wrap(bytes, 0, n), reader);
                if (reader.failure != null) {
                    throw reader.failure;
                }
            }
        } finally {
            socket = null;
        }
    }

    /** Turns lines into answers; remembers a failed write for the loop above, because a callback cannot throw it. */
    private final class Reader implements LineBuffer.Lines {
        private final OutputStream out;
        private IOException failure;

        private Reader(OutputStream out) {
            this.out = out;
        }

        @Override
        public void line(byte[] line) {
            ToEmulator message;
            try {
                message = ControlCodec.decodeToEmulator(line);
            } catch (ControlProtocolException e) {
                send(new Error(e.getMessage()));
                return;
            }
            answers.answer(message).forEach(this::send);
            if (failure == null) {
                answers.answered(message);
            }
        }

        @Override
        public void tooLong(int limit) {
            send(new Error("A line is longer than " + limit + " bytes"));
        }

        private void send(FromEmulator message) {
            if (failure == null) {
                try {
                    out.write(ControlCodec.encode(message));
                } catch (IOException e) {
                    failure = e;
                }
            }
        }
    }

    /** Ends the connection and stays away for a while. */
    void drop(Duration away) {
        awayUntil = System.nanoTime() + away.toNanos();
        AFUNIXSocket current = socket;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                // It is closed as far as this side is concerned.
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        drop(Duration.ZERO);
        LockSupport.unpark(thread);
    }
}
