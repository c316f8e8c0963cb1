package org.macemu.webrtc.media.capture;

/** What lanes ask of capture. Any thread may call it; it never blocks. */
public interface CaptureControl {

    /**
     * Asks for the current picture to be delivered again soon (within one frame time), although nothing changed: a
     * viewer joined or lost a picture and the lane wants to encode a key frame from it.
     */
    void requestFrame();
}
