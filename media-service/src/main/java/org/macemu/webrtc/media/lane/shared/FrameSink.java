package org.macemu.webrtc.media.lane.shared;

import org.macemu.webrtc.media.lane.shared.encode.EncodedFrame;
import org.macemu.webrtc.media.lane.shared.encode.EncodedSound;

/**
 * Takes what is sent to viewers, in the same order. Called by the lane's event loop, which must not wait; what is passed
 * is valid during the call.
 */
public interface FrameSink {

    void video(EncodedFrame frame);

    void sound(EncodedSound sound);
}
