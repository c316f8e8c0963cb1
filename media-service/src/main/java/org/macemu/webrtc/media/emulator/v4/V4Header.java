package org.macemu.webrtc.media.emulator.v4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * What the emulator says of itself in its segment, read without mapping it. May be anything.
 *
 * @param magic bytes 0 to 3
 * @param pid bytes 8 to 11
 * @param state bytes 12 to 15
 */
record V4Header(int magic, int pid, int state) {

    /** Of a file that its emulator has not filled in yet, or that is not there any more. */
    static final V4Header EMPTY = new V4Header(0, 0, 0);

    private static final int STOPPED = 0;

    /** States by their numbers. */
    private static final String[] STATES = {"stopped", "running", "paused"};

    /** @throws IOException when it cannot be read, or is no regular file */
    static V4Header read(Path segment) throws IOException {
        if (Files.exists(segment, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(segment, LinkOption.NOFOLLOW_LINKS)) {
            // A FIFO would be waited for at its opening, without end.
            throw new IOException(segment + " is no regular file: expected a shared-memory object");
        }
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer words = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            return channel.read(words, 0) < words.capacity()
                    ? EMPTY
                    : new V4Header(words.getInt(0), words.getInt(8), words.getInt(12));
        }
    }

    boolean isStopped() {
        return state == STOPPED;
    }

    /** The state in a word. */
    String stateName() {
        return state >= 0 && state < STATES.length ? STATES[state] : String.format(Locale.ROOT, "unknown (%d)", state);
    }
}
