package org.macemu.webrtc.media.capture;

/** What capture counts. Called by the capture threads; implementations never block. */
public interface CaptureMetrics {

    /** A new picture was read; {@code changed} when its pixels differ from the one before. */
    void captured(boolean changed);

    /** Pictures the emulator wrote that were overtaken before they were read. */
    void skipped(long frames);

    /** A picture could not be used. */
    void invalid();

    /** The ring held less than a block of sound while sound was flowing. */
    void audioUnderrun();

    /** Sound was discarded to come back to now. */
    void audioSkipped(long sampleFrames);
}
