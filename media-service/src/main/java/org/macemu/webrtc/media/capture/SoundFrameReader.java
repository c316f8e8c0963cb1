package org.macemu.webrtc.media.capture;

import org.macemu.webrtc.api.shm.SoundFrames;

/**
 * Takes sample frames out of the frames of sound of protocol v4, and asks for them: such an emulator makes sound for
 * 20 ms whenever the server says so, and drops it when nobody reads.
 */
final class SoundFrameReader extends SampleReader {

    /** {@link #refresh} is called twice every 20 ms, and a request brings 20 ms. */
    private static final int REFRESHES_PER_REQUEST = 2;

    private final SoundFrames frames;
    private final Runnable request;
    private int refreshes;

    SoundFrameReader(SoundFrames frames, Runnable request) {
        this.frames = frames;
        this.request = request;
    }

    @Override
    boolean refresh() {
        int end = Math.floorMod(frames.writeIndex(), SoundFrames.FRAMES);
        int frame = Math.floorMod(frames.readIndex(), SoundFrames.FRAMES);
        while (frame != end) {
            read(frame);
            frame = (frame + 1) % SoundFrames.FRAMES;
        }
        frames.readIndex(end);
        if (refreshes++ % REFRESHES_PER_REQUEST == 0) {
            request.run();
        }
        return rate() != 0;
    }

    private void read(int frame) {
        int rate = frames.sampleRate(frame);
        int channels = frames.channels(frame);
        if (!isReadable(rate, channels, Encoding.S16BE)) {
            return;
        }
        format(rate, channels, Encoding.S16BE);
        long claimed = Integer.toUnsignedLong(frames.samples(frame)) * channels * Short.BYTES;
        int bytes = room((int) Math.min(claimed, SoundFrames.FRAME_CAPACITY));
        copy(frames.data(frame), 0, bytes);
    }

    @Override
    void discard() {
        clear();
        frames.readIndex(Math.floorMod(frames.writeIndex(), SoundFrames.FRAMES));
    }
}
