package org.macemu.webrtc.api.shm;

/** The order of a pixel's four bytes in memory. A is undefined: nobody blends with it. */
public enum PixelFormat {
    RGBA,
    BGRA,
    ARGB
}
