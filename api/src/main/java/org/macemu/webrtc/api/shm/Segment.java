package org.macemu.webrtc.api.shm;

/** A shared-memory object that is mapped, whatever its layout. */
public interface Segment extends AutoCloseable {

    /** The file behind the mapping. */
    SegmentFile file();

    /** What was found, in words for people, such as "protocol v1". */
    String description();

    /** Unmaps; no thread may use the segment any more. */
    @Override
    void close();
}
