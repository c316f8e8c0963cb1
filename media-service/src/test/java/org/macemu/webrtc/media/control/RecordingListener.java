package org.macemu.webrtc.media.control;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;

/** What the socket reported, in order. */
final class RecordingListener implements EmulatorListener {

    final List<String> events = new CopyOnWriteArrayList<>();
    final List<FromEmulator> messages = new CopyOnWriteArrayList<>();

    @Override
    public void connected(EmulatorPeer peer) {
        events.add("connected");
    }

    @Override
    public void received(FromEmulator message) {
        messages.add(message);
    }

    @Override
    public void disconnected(EmulatorPeer peer) {
        events.add("disconnected");
    }
}
