package org.macemu.webrtc.media.control;

import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;

/** What the control socket reports. Called by its threads; implementations never block. */
public interface EmulatorListener {

    /** An emulator connected and passed the check of its credentials. */
    void connected(EmulatorPeer peer);

    /** The emulator said something, asked or unasked. */
    void received(FromEmulator message);

    /** The emulator is gone. */
    void disconnected(EmulatorPeer peer);
}
