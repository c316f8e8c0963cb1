package org.macemu.webrtc.media.emulator.v4;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.GetStatus;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Request;
import org.macemu.webrtc.api.control.ControlMessage.Restart;
import org.macemu.webrtc.api.control.ControlMessage.Shutdown;
import org.macemu.webrtc.media.capture.FrameSignal;
import org.macemu.webrtc.media.control.EmulatorListener;
import org.macemu.webrtc.media.control.EmulatorPeer;
import org.macemu.webrtc.media.control.MessageWriter;
import org.newsclub.net.unix.AFUNIXSocket;

/**
 * One emulator of protocol v4. It greets with a byte and its descriptors, and then listens: requests are answered here,
 * with what the protocol can do and what its segment says.
 */
final class V4Connection implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(V4Connection.class);

    /** An emulator that has two servers accepts the second when the first has gone: it greets late, or never. */
    private static final int GREETING_MILLIS = 1_000;

    private static final int GREETING = 'E';

    /** Room for two descriptors, of pictures and of sound, and what the kernel puts around them. */
    private static final int DESCRIPTOR_BYTES = 64;

    private final AFUNIXSocket socket;
    private final Path segment;
    private final EmulatorPeer peer;
    private final EmulatorListener listener;
    private final MessageWriter<V4Message> writer;
    private final V4Input input = new V4Input();

    /**
     * Held from a command to its answer, and while the end is told: an emulator may end at once of what it is told, and
     * its end must not overtake the answer.
     */
    private final Object turn = new Object();

    private volatile Eventfd eventfd;
    private volatile boolean hungUp;

    V4Connection(AFUNIXSocket socket, Path segment, EmulatorPeer peer, EmulatorListener listener) throws IOException {
        this.socket = socket;
        this.segment = segment;
        this.peer = peer;
        this.listener = listener;
        this.writer = new MessageWriter<>(socket.getOutputStream(), new V4Message.Format(), this::hangUp);
    }

    Path segment() {
        return segment;
    }

    EmulatorPeer peer() {
        return peer;
    }

    boolean hasSignal() {
        return eventfd != null;
    }

    /**
     * Reads the greeting, and does without when none comes; then messages can be sent.
     *
     * @throws IOException when something else came, or it hung up
     */
    void awaitGreeting() throws IOException {
        socket.setAncillaryReceiveBufferSize(DESCRIPTOR_BYTES);
        socket.setSoTimeout(GREETING_MILLIS);
        try {
            int first = socket.getInputStream().read();
            FileDescriptor[] passed = socket.getReceivedFileDescriptors();
            if (passed != null && passed.length > 0) {
                eventfd = Eventfd.take(passed);
            }
            if (first != GREETING) {
                throw new IOException(first < 0
                        ? "it hung up"
                        : "it greeted with byte 0x%02X: expected 0x%02X".formatted(first, GREETING));
            }
        } catch (SocketTimeoutException e) {
            LOG.debugf("Process %d passed no descriptors", peer.pid());
        }
        // None that comes later is taken: the kernel closes it.
        socket.setAncillaryReceiveBufferSize(0);
        socket.setSoTimeout(0);
        writer.start();
    }

    /**
     * Returns when either side has hung up.
     *
     * @throws IOException when the emulator says what the protocol does not know
     */
    void awaitEnd() throws IOException {
        int more;
        try {
            do {
                more = socket.getInputStream().read();
                // One whose server had not gone yet greets late.
            } while (more == GREETING);
        } catch (IOException e) {
            if (!hungUp) {
                LOG.debugf("Process %d: %s", peer.pid(), e);
            }
            return;
        }
        if (more >= 0) {
            throw new IOException("it sent byte 0x%02X: such emulators only listen".formatted(more));
        }
    }

    FrameSignal newSignal() throws IOException {
        Eventfd e = eventfd;
        return e == null ? null : e.newSignal();
    }

    double delayMillis() {
        return writer.delayMillis();
    }

    void requestSound() {
        writer.offer(new V4Message.SoundRequest());
    }

    synchronized boolean input(Input what) {
        boolean sent = !hungUp;
        for (V4Message message : input.translate(what)) {
            sent &= writer.offer(message);
        }
        return sent;
    }

    /** Such an emulator answers nothing; a command counts as carried out when it was given. */
    boolean request(Request request) {
        synchronized (turn) {
            if (hungUp) {
                return false;
            }
            listener.received(answer(request));
            return true;
        }
    }

    private FromEmulator answer(Request request) {
        return switch (request) {
            case Restart r -> command(state().isStopped() ? V4Message.COMMAND_START : V4Message.COMMAND_RESET);
            case Shutdown s -> command(V4Message.COMMAND_STOP);
            case GetStatus g -> status();
            default ->
                new ControlMessage.Error("An emulator of protocol v4 cannot answer " + request.type()
                        + ": it knows start, stop and reset, keys and the mouse");
        };
    }

    /** Tells that the emulator is gone, after every answer that it still gave. */
    void tellEnd() {
        synchronized (turn) {
            listener.disconnected(peer);
        }
    }

    private FromEmulator command(int command) {
        return writer.offer(new V4Message.Command(command))
                ? new ControlMessage.Ack()
                : new ControlMessage.Error("The emulator has hung up");
    }

    private FromEmulator status() {
        V4Header header = state();
        return new ControlMessage.Status(
                !header.isStopped(),
                0,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("running", !header.isStopped())
                        .put("state", header.stateName())
                        .put("protocol", "v4"));
    }

    /** One whose segment has gone is taken for stopped. */
    private V4Header state() {
        try {
            return V4Header.read(segment);
        } catch (IOException e) {
            LOG.debugf("Process %d: %s", peer.pid(), e);
            return V4Header.EMPTY;
        }
    }

    /** Ends the connection; whoever reads it returns. Any thread. */
    void hangUp() {
        hungUp = true;
        writer.close();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("Closing the emulator connection", e);
        }
    }

    @Override
    public void close() {
        hangUp();
        Eventfd e = eventfd;
        if (e != null) {
            e.close();
        }
    }
}
