package org.macemu.webrtc.media.control;

import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/** The lines of version 1: consecutive pointer positions collapse into the last one, consecutive distances add up. */
final class JsonLines implements MessageWriter.Format<ToEmulator> {

    @Override
    public byte[] encode(ToEmulator message) {
        return ControlCodec.encode(message);
    }

    @Override
    public ToEmulator merge(ToEmulator waiting, ToEmulator next) {
        return switch (next) {
            case MouseMove m when waiting instanceof MouseMove -> m;
            case MouseMoveRelative(int dx, int dy) when waiting instanceof MouseMoveRelative w ->
                new MouseMoveRelative(bound(w.dx() + dx), bound(w.dy() + dy));
            case MouseWheel(int dx, int dy) when waiting instanceof MouseWheel w ->
                new MouseWheel(bound(w.dx() + dx), bound(w.dy() + dy));
            default -> null;
        };
    }

    private static int bound(int distance) {
        return Math.clamp(distance, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    @Override
    public boolean isInput(ToEmulator message) {
        return message instanceof Input;
    }
}
