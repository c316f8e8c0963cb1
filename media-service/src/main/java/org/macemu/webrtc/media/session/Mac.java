package org.macemu.webrtc.media.session;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.media.capture.CaptureControl;
import org.macemu.webrtc.media.capture.Snapshot;
import org.macemu.webrtc.media.control.EmulatorRequests;
import org.macemu.webrtc.media.input.InputRouter;

/**
 * The Mac of this session, as its audience needs it: in an emulator beside this process, or at an origin that this
 * process is an edge of. Its methods return at once and may be called by any thread.
 */
public interface Mac extends CaptureControl, AutoCloseable {

    /**
     * Begins to look for the emulator or the origin.
     *
     * @throws IOException when what it listens on cannot be used; the message says why and what to do
     */
    void start() throws IOException;

    /** What is known of the emulator and its picture. {@code viewers} are those elsewhere. */
    State state();

    /** Whether anybody looks: pictures and sound flow only then. */
    void watched(boolean watched);

    /** Where input of viewers goes. */
    InputRouter input();

    /** Whether an emulator can be asked something here. */
    boolean isConnected();

    /** Questions to the emulator. */
    EmulatorRequests requests();

    /** The picture as it is now; empty before the first one. */
    CompletableFuture<Optional<Snapshot>> snapshot();

    /** What is known for the REST interface; viewers, encoded frames and uptime are filled in by its caller. */
    CompletionStage<SessionStatus> status();

    /** When its thread last went round, System.nanoTime. */
    long heartbeat();

    /** Ends its threads; the lanes it fed are called no more. */
    @Override
    void close();
}
