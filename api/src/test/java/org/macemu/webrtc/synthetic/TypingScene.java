package org.macemu.webrtc.synthetic;

/** Letters appear in a window, twelve a second; a full page starts anew. */
final class TypingScene implements Scene {

    private static final long LETTER_NANOS = 1_000_000_000L / 12;

    private final Canvas desktop;
    private final int left;
    private final int top;
    private final int columns;
    private final int lines;
    private long typed = -1;

    TypingScene(Canvas desktop) {
        this.desktop = desktop;
        Canvas window = MacDesktop.window(desktop.width() * 2 / 3, desktop.height() * 2 / 3, "Letter", false);
        int windowX = desktop.width() / 10;
        int windowY = desktop.height() / 5;
        desktop.blit(window, windowX, windowY);
        left = windowX + 8;
        top = windowY + MacDesktop.TITLE_BAR + 6;
        columns = Math.max(1, (window.width() - 32) / BitmapFont.ADVANCE);
        lines = Math.max(1, (window.height() - 34) / BitmapFont.LINE);
    }

    @Override
    public void draw(Canvas canvas, long nanos) {
        long due = nanos / LETTER_NANOS;
        if (due == typed) {
            return;
        }
        if (typed < 0) {
            canvas.blit(desktop, 0, 0);
        }
        while (typed < due) {
            type(canvas, ++typed);
        }
    }

    private void type(Canvas canvas, long number) {
        int place = (int) (number % ((long) columns * lines));
        int column = place % columns;
        int line = place / columns;
        if (place == 0) {
            canvas.blit(desktop, left, top, columns * BitmapFont.ADVANCE, lines * BitmapFont.LINE, left, top);
        }
        String letter = MacDesktop.sentence((int) (number / columns), columns).substring(column, column + 1);
        BitmapFont.draw(
                canvas, left + column * BitmapFont.ADVANCE, top + line * BitmapFont.LINE, letter, Canvas.BLACK, 1);
    }
}
