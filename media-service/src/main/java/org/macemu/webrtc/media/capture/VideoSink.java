package org.macemu.webrtc.media.capture;

/** Takes captured pictures. Called by the capture thread only. */
public interface VideoSink {

    /**
     * A picture to look at. Called for every new frame of the emulator whose pixels changed, for a few refinement
     * repetitions after a change, and again on {@link CaptureControl#requestFrame}; then not at all until the next
     * change.
     *
     * @param frame valid until the method returns; its pixels live in the capture thread's private memory, so native
     *     code may read them
     */
    void video(VideoFrame frame);
}
