package org.macemu.webrtc.signaling.message;

import java.nio.charset.StandardCharsets;

/** Text messages of browsers: refused with a code and a reason, or passed on within the limits. */
public final class SignalingMessageFuzz {

    private SignalingMessageFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        try {
            BrowserMessage message = BrowserMessageReader.read(text);
            if (message instanceof BrowserMessage.Ping ping) {
                ServerMessageWriter.pong(ping);
            }
        } catch (MessageException e) {
            if (e.getMessage().isBlank() || e.getMessage().length() > 500 || e.code() == ErrorCode.INTERNAL) {
                throw new AssertionError("a reason of " + e.getMessage().length() + " characters", e);
            }
            ServerMessageWriter.error(e.code(), e.getMessage(), false);
        }
    }
}
