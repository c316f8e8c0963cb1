package org.macemu.webrtc.synthetic;

/** A window of half the screen's width is dragged over the desktop. */
final class DragScene implements Scene {

    private final Canvas desktop;
    private final Canvas window;
    private int x;
    private int y;
    private boolean drawn;

    DragScene(Canvas desktop) {
        this.desktop = desktop;
        this.window = MacDesktop.window(desktop.width() / 2, desktop.height() / 2, "Read Me", false);
        MacDesktop.text(window, 8, 26, window.width() - 32, window.height() - 34);
    }

    @Override
    public void draw(Canvas canvas, long nanos) {
        double seconds = nanos / 1e9;
        int newX = (int) (canvas.width() * (0.25 + 0.22 * Math.cos(seconds * 1.2)));
        int newY = (int) (canvas.height() * (0.3 + 0.2 * Math.sin(seconds * 1.7)));
        if (drawn && newX == x && newY == y) {
            return;
        }
        if (drawn) {
            uncover(canvas, newX, newY);
        } else {
            canvas.blit(desktop, 0, 0);
            drawn = true;
        }
        x = newX;
        y = newY;
        canvas.blit(window, x, y);
    }

    /** Restores the desktop where the window was and will not be. */
    private void uncover(Canvas canvas, int newX, int newY) {
        int w = window.width();
        int h = window.height();
        int columns = Math.min(w, Math.abs(newX - x));
        int rows = Math.min(h, Math.abs(newY - y));
        int stripX = newX > x ? x : x + w - columns;
        int stripY = newY > y ? y : y + h - rows;
        canvas.blit(desktop, stripX, y, columns, h, stripX, y);
        canvas.blit(desktop, x, stripY, w, rows, x, stripY);
    }
}
