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

    /** Greetings after the first that are passed over: a flood would keep the thread busy. */
    private static final int MOST_GREETINGS = 16;

    /** How often its state is looked at, which it cannot tell. */
    private static final int STATE_MILLIS = 1_000;

    /** Asks for room for descriptors, of pictures and of sound. The library never makes it less than 256 bytes. */
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

    /** The last state that the listener was told. Used while {@link #turn} is held. */
    private int toldState = -1;

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
     * @return false when it hung up
     * @throws IOException when something else came
     */
    boolean awaitGreeting() throws IOException {
        socket.setAncillaryReceiveBufferSize(DESCRIPTOR_BYTES);
        socket.setSoTimeout(GREETING_MILLIS);
        try {
            int first = socket.getInputStream().read();
            FileDescriptor[] passed = socket.getReceivedFileDescriptors();
            if (passed != null && passed.length > 0) {
                eventfd = Eventfd.take(passed);
            }
            if (first < 0) {
                return false;
            }
            if (first != GREETING) {
                throw new IOException("it greeted with byte 0x%02X: expected 0x%02X".formatted(first, GREETING));
            }
        } catch (SocketTimeoutException e) {
            LOG.debugf("Process %d passed no descriptors", peer.pid());
        }
        // None that comes later is taken: the kernel closes it.
        socket.setAncillaryReceiveBufferSize(0);
        socket.setSoTimeout(STATE_MILLIS);
        writer.start();
        return true;
    }

    /**
     * Returns when either side has hung up. Tells the listener meanwhile when the state in the segment has changed.
     *
     * @throws IOException when the emulator says what the protocol does not know
     */
    void awaitEnd() throws IOException {
        int greetings = 0;
        while (true) {
            int more;
            try {
                more = socket.getInputStream().read();
            } catch (SocketTimeoutException e) {
                tellState();
                continue;
            } catch (IOException e) {
                if (!hungUp) {
                    LOG.debugf("Process %d: %s", peer.pid(), e);
                }
                return;
            }
            if (more < 0) {
                return;
            }
            // One whose server had not gone yet greets late.
            if (more != GREETING) {
                throw new IOException("it sent byte 0x%02X: such emulators only listen".formatted(more));
            }
            if (++greetings > MOST_GREETINGS) {
                throw new IOException("it greeted more than " + MOST_GREETINGS + " times: expected once");
            }
        }
    }

    /** As the status message of an emulator that can push one. */
    private void tellState() {
        synchronized (turn) {
            V4Header header = state();
            if (!hungUp && header.state() != toldState) {
                listener.received(status(header));
            }
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
            case GetStatus g -> status(state());
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

    private FromEmulator status(V4Header header) {
        toldState = header.state();
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
