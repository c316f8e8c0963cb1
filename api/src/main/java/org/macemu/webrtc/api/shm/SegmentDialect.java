package org.macemu.webrtc.api.shm;

/** Names the layouts that other builds of the emulators use under similar names, for errors to say what was found. */
final class SegmentDialect {

    private static final int MAGIC_V4 = 0x4D454D34;
    private static final long SIZE_V1_AS_FIRST_CODED = 99_532_856L;
    private static final long SIZE_V4 = 24_898_880L;

    private SegmentDialect() {}

    /**
     * What a foreign segment is.
     *
     * @return words for an error message, or null when the segment is not a known foreign layout
     */
    static String describe(int magic, int version, long size) {
        if (magic == VideoSegment.MAGIC && version == 1 && size == SIZE_V1_AS_FIRST_CODED) {
            return "the first coded variant of v1 with a 56-byte header";
        }
        if (magic == MAGIC_V4) {
            return version == 4 && size == SIZE_V4
                    ? "protocol v4, whose segments the emulator owns"
                    : "a variant of protocol v4 that is not known";
        }
        if (magic == AudioSegment.MAGIC) {
            return "an audio segment";
        }
        return null;
    }
}
