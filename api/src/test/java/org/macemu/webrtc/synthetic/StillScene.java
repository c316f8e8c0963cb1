package org.macemu.webrtc.synthetic;

/** A desktop with two windows; nothing moves. */
final class StillScene implements Scene {

    private Canvas desktop;

    StillScene(Canvas desktop) {
        this.desktop = desktop;
        Canvas window = MacDesktop.window(desktop.width() / 2, desktop.height() / 2, "Read Me", false);
        MacDesktop.text(window, 8, 26, window.width() - 32, window.height() - 34);
        desktop.blit(window, desktop.width() / 8, desktop.height() / 4);
    }

    @Override
    public void draw(Canvas canvas, long nanos) {
        if (desktop != null) {
            canvas.blit(desktop, 0, 0);
            desktop = null;
        }
    }
}
