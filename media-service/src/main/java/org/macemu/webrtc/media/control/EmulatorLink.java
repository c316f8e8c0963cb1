package org.macemu.webrtc.media.control;

import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/** The connection to the one emulator, while there is one. Any thread may call it; nothing blocks. */
public interface EmulatorLink extends AutoCloseable {

    /** Begins to wait for, or look for, an emulator. */
    void start();

    /** Whether an emulator is connected. */
    default boolean isConnected() {
        return peer() != null;
    }

    /** The connected emulator, or null. */
    EmulatorPeer peer();

    /**
     * Queues a message for the emulator.
     *
     * @return false when none is connected
     */
    boolean send(ToEmulator message);

    /** How long input lately waited for the emulator's socket, median in milliseconds; NaN when none was sent. */
    double sendDelayMillis();

    /** Where an emulator is waited for, in words. */
    String place();

    /** Ends the connection. */
    @Override
    void close();
}
