package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.VideoSegment;

/** How the capture thread waits for the next picture. */
public interface FrameSignal extends AutoCloseable {

    /**
     * Waits until the emulator says that there is a picture. It may end earlier, and be true without one.
     *
     * @param expected the index of the picture that was read last
     * @param nanos the longest wait
     * @return true when the emulator, or {@link #wake}, ended the wait
     */
    boolean await(VideoSegment segment, int expected, long nanos);

    /** Ends a wait of the capture thread before its time. Any thread, also after {@link #close}. */
    void wake();

    @Override
    void close();
}
