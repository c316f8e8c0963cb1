package org.macemu.webrtc.api.control;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Bytes from an emulator, or from a server: cut into lines, decoded, and written again. */
public final class ControlLineFuzz {

    private static final int LIMIT = 1024;

    private ControlLineFuzz() {}

    /** The first byte says in how small pieces the rest arrives. */
    public static void fuzzerTestOneInput(byte[] data) throws ControlProtocolException {
        if (data.length == 0) {
            return;
        }
        byte[] stream = Arrays.copyOfRange(data, 1, data.length);
        List<byte[]> whole = lines(stream, stream.length);
        List<byte[]> pieces = lines(stream, 1 + (data[0] & 0x1f));
        if (whole.size() != pieces.size()) {
            throw new AssertionError(whole.size() + " lines at once, " + pieces.size() + " in pieces");
        }
        for (int i = 0; i < whole.size(); i++) {
            if (!Arrays.equals(whole.get(i), pieces.get(i))) {
                throw new AssertionError("line " + i + " depends on how it arrives");
            }
            decode(whole.get(i));
        }
    }

    private static List<byte[]> lines(byte[] stream, int step) {
        List<byte[]> lines = new ArrayList<>();
        LineBuffer buffer = new LineBuffer(LIMIT);
        for (int at = 0; at < stream.length; at += step) {
            buffer.feed(ByteBuffer.wrap(stream, at, Math.min(step, stream.length - at)), new LineBuffer.Lines() {
                @Override
                public void line(byte[] line) {
                    if (line.length > LIMIT || line.length == 0) {
                        throw new AssertionError("a line of " + line.length);
                    }
                    lines.add(line);
                }

                @Override
                public void tooLong(int limit) {
                    lines.add(new byte[] {'!'});
                }
            });
        }
        return lines;
    }

    private static void decode(byte[] line) throws ControlProtocolException {
        again(line, ControlCodec::decodeFromEmulator);
        again(line, ControlCodec::decodeToEmulator);
        again(line, ControlCodec::decodeInput);
    }

    /** One of the three ways of reading. */
    private interface Reader {
        ControlMessage read(byte[] line) throws ControlProtocolException;
    }

    /** What was read is written as one line that, read and written again, stays as it is. */
    private static void again(byte[] line, Reader reader) throws ControlProtocolException {
        ControlMessage message;
        try {
            message = reader.read(line);
        } catch (ControlProtocolException e) {
            if (e.getMessage().isBlank() || e.getMessage().length() > 1_000) {
                throw new AssertionError("a message of " + e.getMessage().length() + " characters", e);
            }
            return;
        }
        byte[] written = ControlCodec.encode(message);
        if (written[written.length - 1] != '\n' || indexOf(written, '\n') != written.length - 1) {
            throw new AssertionError("not one line");
        }
        byte[] again = ControlCodec.encode(reader.read(Arrays.copyOf(written, written.length - 1)));
        if (!Arrays.equals(written, again)) {
            throw new AssertionError(message + " is written in two ways");
        }
    }

    private static int indexOf(byte[] bytes, char wanted) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
