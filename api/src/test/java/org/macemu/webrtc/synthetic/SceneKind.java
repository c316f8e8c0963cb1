package org.macemu.webrtc.synthetic;

/** The pictures to choose from. */
public enum SceneKind {
    /** Nothing moves. */
    DESKTOP,
    /** Twelve letters a second appear in a window. */
    TYPING,
    /** A window is dragged over the desktop. */
    DRAG,
    /** Text runs through a large window. */
    SCROLL,
    /** Every pixel changes with every picture. */
    MOTION,
    /** Black and white pixels, a drifting picture in ordered dither: the worst case of a codec. */
    DITHER;

    Scene create(int width, int height) {
        Canvas desktop = MacDesktop.draw(width, height, this == DITHER);
        return switch (this) {
            case DESKTOP -> new StillScene(desktop);
            case TYPING -> new TypingScene(desktop);
            case DRAG -> new DragScene(desktop);
            case SCROLL -> new ScrollScene(desktop);
            case MOTION -> new MotionScene();
            case DITHER -> new DitherScene(desktop);
        };
    }
}
