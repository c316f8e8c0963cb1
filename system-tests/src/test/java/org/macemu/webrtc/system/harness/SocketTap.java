package org.macemu.webrtc.system.harness;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.macemu.webrtc.api.control.LineBuffer;

/**
 * Stands between an emulator and the control socket and writes down every line that passes, in both directions. The
 * bytes go on as they came. Owned by a test; one thread accepts, two more serve each connection.
 */
public final class SocketTap implements AutoCloseable {

    private static final int MAX_LINE = 64 * 1024;

    /** Who wrote a line. */
    public enum Writer {
        SERVER,
        EMULATOR
    }

    /** A line as it passed, without its newline. */
    public record Line(Writer writer, String text) {}

    private final Path path;
    private final Path target;
    private final ServerSocketChannel server;
    private final List<Line> lines = new ArrayList<>();
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

    private SocketTap(Path path, Path target) throws IOException {
        this.path = path;
        this.target = target;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofPlatform().name("tap-accept").daemon().start(this::accept);
    }

    /** Listens at a new path beside the product's control socket, and connects there for each emulator. */
    public static SocketTap of(Product product) throws IOException {
        return new SocketTap(product.folder().resolve("tap.sock"), product.controlSocket());
    }

    /** What an emulator connects to. */
    public Path path() {
        return path;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel emulator = server.accept();
                SocketChannel service = SocketChannel.open(UnixDomainSocketAddress.of(target));
                open.add(emulator);
                open.add(service);
                relay(Writer.EMULATOR, emulator, service);
                relay(Writer.SERVER, service, emulator);
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void relay(Writer writer, SocketChannel from, SocketChannel to) {
        Thread.ofPlatform().name("tap-" + writer).daemon().start(() -> {
            LineBuffer cut = new LineBuffer(MAX_LINE);
            ByteBuffer bytes = ByteBuffer.allocate(8 * 1024);
            try (from; to) {
                while (from.read(bytes) >= 0) {
                    bytes.flip();
                    // Written down before it is passed on: whoever reacts to a line finds it here.
                    cut.feed(bytes.duplicate(), new Recorder(writer));
                    while (bytes.hasRemaining()) {
                        to.write(bytes);
                    }
                    bytes.clear();
                }
            } catch (IOException e) {
                // One of the two has left; closing both tells the other.
            }
        });
    }

    private final class Recorder implements LineBuffer.Lines {

        private final Writer writer;

        Recorder(Writer writer) {
            this.writer = writer;
        }

        @Override
        public void line(byte[] line) {
            synchronized (lines) {
                lines.add(new Line(writer, new String(line, StandardCharsets.UTF_8)));
            }
        }

        @Override
        public void tooLong(int limit) {
            synchronized (lines) {
                lines.add(new Line(writer, "(a line of more than " + limit + " bytes)"));
            }
        }
    }

    /** How many lines have passed: a place to search from. */
    public int mark() {
        synchronized (lines) {
            return lines.size();
        }
    }

    /** The lines from a place on. */
    public List<Line> since(int mark) {
        synchronized (lines) {
            return List.copyOf(lines.subList(mark, lines.size()));
        }
    }

    /** Waits for a line of this writer from a place on; returns the place behind it. */
    public int await(int mark, String what, Writer writer, Predicate<String> wanted) {
        int[] found = {-1};
        Await.until("on the control socket: " + what, Duration.ofSeconds(20), () -> {
            List<Line> seen = since(mark);
            for (int i = 0; i < seen.size(); i++) {
                if (seen.get(i).writer() == writer && wanted.test(seen.get(i).text())) {
                    found[0] = mark + i + 1;
                    return null;
                }
            }
            return "so far " + seen;
        });
        return found[0];
    }

    /** The line before this place. */
    public String lineBefore(int place) {
        synchronized (lines) {
            return lines.get(place - 1).text();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
        Files.deleteIfExists(path);
    }
}
