package org.macemu.webrtc.api.control;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts a byte stream into lines. Partial lines carry over; a line that is too long is reported once and skipped to its
 * newline, so that the stream stays in step. Not thread-safe: one reader owns it.
 */
public final class LineBuffer {

    /** Takes lines as they become complete. */
    public interface Lines {

        /** A line without its newline; empty lines are not reported. */
        void line(byte[] line);

        /** A line was longer than the limit and is skipped. */
        void tooLong(int limit);
    }

    private final int limit;
    private byte[] partial = new byte[512];
    private int length;
    private boolean skipping;

    /** @param limit bytes of a line, its newline not counted */
    public LineBuffer(int limit) {
        this.limit = limit;
    }

    /** Consumes every byte of {@code bytes}. */
    public void feed(ByteBuffer bytes, Lines lines) {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b == '\n') {
                if (!skipping && length > 0) {
                    lines.line(Arrays.copyOf(partial, length));
                }
                length = 0;
                skipping = false;
            } else if (!skipping) {
                if (length == limit) {
                    skipping = true;
                    length = 0;
                    partial = new byte[512];
                    lines.tooLong(limit);
                } else {
                    if (length == partial.length) {
                        partial = Arrays.copyOf(partial, Math.min(limit, length * 2));
                    }
                    partial[length++] = b;
                }
            }
        }
    }
}
