package org.macemu.webrtc.synthetic;

/** Text runs upwards through a window of two thirds of the screen, 90 pixels a second. */
final class ScrollScene implements Scene {

    private static final int PIXELS_PER_SECOND = 90;
    private static final int STRIP_LINES = 200;

    private final Canvas desktop;
    private final Canvas strip;
    private final int left;
    private final int top;
    private final int bodyHeight;
    private long offset = -1;

    ScrollScene(Canvas desktop) {
        this.desktop = desktop;
        Canvas window = MacDesktop.window(desktop.width() * 2 / 3, desktop.height() * 2 / 3, "Long Letter", false);
        int windowX = desktop.width() / 10;
        int windowY = desktop.height() / 5;
        desktop.blit(window, windowX, windowY);
        left = windowX + 1;
        top = windowY + MacDesktop.TITLE_BAR;
        bodyHeight = window.height() - MacDesktop.TITLE_BAR - 1;
        strip = new Canvas(Math.max(1, window.width() - MacDesktop.SCROLL_BAR - 1), STRIP_LINES * BitmapFont.LINE);
        strip.fill(0, 0, strip.width(), strip.height(), Canvas.WHITE);
        MacDesktop.text(strip, 7, 0, strip.width() - 14, strip.height());
    }

    @Override
    public void draw(Canvas canvas, long nanos) {
        long now = nanos / (1_000_000_000L / PIXELS_PER_SECOND);
        if (now == offset) {
            return;
        }
        if (offset < 0) {
            canvas.blit(desktop, 0, 0);
        }
        offset = now;
        int first = (int) (now % strip.height());
        for (int done = 0; done < bodyHeight; ) {
            int rows = Math.min(bodyHeight - done, strip.height() - first);
            canvas.blit(strip, 0, first, strip.width(), rows, left, top + done);
            done += rows;
            first = 0;
        }
    }
}
