package org.macemu.webrtc.synthetic;

/** What the screen shows. Owned by the thread that draws; pictures that do not change are prerendered. */
interface Scene {

    /**
     * Brings the canvas from the previous call's state to the state {@code nanos} after the scene began. The first
     * call draws everything.
     */
    void draw(Canvas canvas, long nanos);
}
