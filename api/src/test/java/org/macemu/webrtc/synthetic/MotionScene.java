package org.macemu.webrtc.synthetic;

/** Two waves drift through each other in changing colours: every pixel changes with every picture. */
final class MotionScene implements Scene {

    /** Side of the wave textures; a power of two, so that a mask wraps. */
    private static final int SIDE = 512;

    private static final int MASK = SIDE - 1;

    private final byte[] first = wave(3, 2, 5);
    private final byte[] second = wave(2, 5, 3);
    private final int[] palette = new int[256];

    MotionScene() {
        for (int i = 0; i < palette.length; i++) {
            double angle = i * Math.TAU / palette.length;
            int red = (int) (128 + 120 * Math.sin(angle));
            int green = (int) (128 + 120 * Math.sin(angle * 2 + 1));
            int blue = (int) (128 + 120 * Math.cos(angle));
            palette[i] = Canvas.rgb(red << 16 | green << 8 | blue);
        }
    }

    private static byte[] wave(int a, int b, int c) {
        byte[] texture = new byte[SIDE * SIDE];
        double unit = Math.TAU / SIDE;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double v = Math.sin(a * x * unit + Math.cos(b * y * unit)) + Math.sin(c * y * unit) + 2;
                texture[y * SIDE + x] = (byte) (v * 48);
            }
        }
        return texture;
    }

    @Override
    public void draw(Canvas canvas, long nanos) {
        double seconds = nanos / 1e9;
        int shift = (int) (seconds * 60);
        int firstX = (int) (seconds * 110);
        int firstY = (int) (seconds * 70);
        int secondX = MASK - (int) (seconds * 90) & MASK;
        int secondY = (int) (seconds * 130);
        int[] pixels = canvas.pixels();
        int width = canvas.width();
        for (int y = 0; y < canvas.height(); y++) {
            int rowA = (y + firstY & MASK) * SIDE;
            int rowB = (y + secondY & MASK) * SIDE;
            int out = y * width;
            for (int x = 0; x < width; x++) {
                int value = first[rowA + (x + firstX & MASK)] + second[rowB + (x + secondX & MASK)] + shift;
                pixels[out + x] = palette[value & 0xFF];
            }
        }
        canvas.touch(0, canvas.height());
    }
}
