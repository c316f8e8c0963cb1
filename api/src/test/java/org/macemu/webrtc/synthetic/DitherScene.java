package org.macemu.webrtc.synthetic;

/** A one-bit desktop with a large window in which a grey picture drifts, drawn in ordered dither. */
final class DitherScene implements Scene {

    private static final int SIDE = 512;
    private static final int MASK = SIDE - 1;
    private static final int[] BAYER = new int[64];

    static {
        for (int i = 0; i < BAYER.length; i++) {
            BAYER[i] = bayer(i & 7, i >> 3);
        }
    }

    private final Canvas desktop;
    private final byte[] grey = new byte[SIDE * SIDE];
    private final int left;
    private final int top;
    private final int right;
    private final int bottom;
    private boolean drawn;

    DitherScene(Canvas desktop) {
        this.desktop = desktop;
        Canvas window = MacDesktop.window(desktop.width() * 3 / 4, desktop.height() * 3 / 4, "Dither", true);
        int windowX = desktop.width() / 12;
        int windowY = desktop.height() / 6;
        desktop.blit(window, windowX, windowY);
        left = windowX + 1;
        top = windowY + MacDesktop.TITLE_BAR;
        right = windowX + window.width() - MacDesktop.SCROLL_BAR;
        bottom = windowY + window.height() - 1;
        double unit = Math.TAU / SIDE;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double v = Math.sin(2 * x * unit) * Math.cos(3 * y * unit) + Math.sin((x + y) * unit);
                grey[y * SIDE + x] = (byte) (v * 30);
            }
        }
    }

    /** Threshold of the 8 x 8 Bayer matrix, 0 to 63: the interleaved bits of x ^ y and y, reversed. */
    private static int bayer(int x, int y) {
        int threshold = 0;
        for (int bit = 0; bit < 3; bit++) {
            threshold = threshold << 2 | ((x ^ y) >> bit & 1) << 1 | y >> bit & 1;
        }
        return threshold;
    }

    @Override
    public void draw(Canvas canvas, long nanos) {
        if (!drawn) {
            canvas.blit(desktop, 0, 0);
            drawn = true;
        }
        int offsetX = (int) (nanos / 20_000_000);
        int offsetY = (int) (nanos / 33_000_000);
        int[] pixels = canvas.pixels();
        for (int y = top; y < bottom; y++) {
            int row = (y + offsetY & MASK) * SIDE;
            int out = y * canvas.width();
            int thresholds = (y & 7) << 3;
            for (int x = left; x < right; x++) {
                int light = grey[row + (x + offsetX & MASK)] + 32;
                pixels[out + x] = light > BAYER[thresholds | x & 7] ? Canvas.WHITE : Canvas.BLACK;
            }
        }
        canvas.touch(top, bottom);
    }
}
