package org.macemu.webrtc.media.lane;

import java.util.Optional;
import org.macemu.webrtc.media.capture.AudioSink;
import org.macemu.webrtc.media.capture.VideoSink;

/**
 * A way for pictures and sound to reach viewers: it encodes what capture delivers and owns the peer connections of
 * its viewers. Nothing above this interface knows which lane a viewer is on.
 *
 * <p>{@link VideoSink} and {@link AudioSink} are called by the capture threads, and only while at least one viewer
 * of the session is open; every other method may be called by any thread and must return quickly.
 */
public interface Lane extends VideoSink, AudioSink, AutoCloseable {

    /** Stable name for the wire, logs and metrics: {@code shared} or {@code adaptive}. */
    String name();

    /**
     * Whether the lane can take one more viewer now.
     *
     * @return empty when it can, else the reason in words for a person
     */
    Optional<String> refusal();

    /**
     * Opens a viewer from the browser's offer. Returns at once; the answer, candidates and state changes arrive at
     * {@code events}. The lane sends the viewer a key frame first, and pictures of a still screen too.
     *
     * @param viewerId unique in the session
     * @param offerSdp the browser's offer, at most 64 KiB, not yet validated
     * @param events where the viewer reports; called by the lane's threads, never blocks
     */
    Viewer open(String viewerId, String offerSdp, ViewerEvents events);

    /**
     * Opens a viewer whose network is known.
     *
     * @param bitsPerSecond what it carries; 0: unknown
     */
    default Viewer open(String viewerId, String offerSdp, ViewerEvents events, long bitsPerSecond) {
        return open(viewerId, offerSdp, events);
    }

    /** Somebody else holds the controls now: the viewer of this id, or nobody when it is empty. Any thread. */
    default void controller(String viewerId) {}

    /** Bits per second that a viewer's network has to carry here; 0: the lane fits itself to any network. */
    default long demand() {
        return 0;
    }

    /** Closes every viewer with a goodbye and frees what the lane holds. Sinks are not called any more. */
    @Override
    void close();
}
