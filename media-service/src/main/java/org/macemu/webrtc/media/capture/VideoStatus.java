package org.macemu.webrtc.media.capture;

/**
 * What capture knows of the picture.
 *
 * @param width pixels, 0 before the first picture
 * @param height pixels, 0 before the first picture
 * @param fps pictures per second that the emulator publishes
 * @param captured pictures read since the start
 * @param segment the segment in words, or what is wrong with it
 */
public record VideoStatus(int width, int height, double fps, long captured, String segment) {

    /** Before anything is known. */
    public static final VideoStatus NONE = new VideoStatus(0, 0, 0, 0, "");
}
