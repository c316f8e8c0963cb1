package org.macemu.webrtc.synthetic;

import java.util.Random;

/** Draws the parts of a classic Mac screen once, for the scenes to copy from. */
final class MacDesktop {

    static final int MENU_BAR = 20;
    static final int TITLE_BAR = 19;
    static final int SCROLL_BAR = 16;

    private static final int LIGHT = Canvas.rgb(0xDDDDDD);
    private static final int SHADE = Canvas.rgb(0x888888);
    private static final String[] WORDS = ("the a of quiet window folder pointer system picture sound paper letter"
                    + " finder memory disk screen draws moves opens closes small large bright old new first last with"
                    + " from under over again slowly and")
            .split(" ");

    private MacDesktop() {}

    /** Pattern, menu bar and icons. */
    static Canvas draw(int width, int height, boolean oneBit) {
        Canvas canvas = new Canvas(width, height);
        int dark = oneBit ? Canvas.BLACK : Canvas.rgb(0x8C8CA8);
        int light = oneBit ? Canvas.WHITE : Canvas.rgb(0xA4A4C0);
        int[] pixels = canvas.pixels();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                pixels[y * width + x] = (x + y & 1) == 0 ? dark : light;
            }
        }
        canvas.fill(0, 0, width, MENU_BAR - 1, Canvas.WHITE);
        canvas.fill(0, MENU_BAR - 1, width, 1, Canvas.BLACK);
        int x = 12;
        for (String menu : new String[] {"#", "File", "Edit", "View", "Label", "Special"}) {
            BitmapFont.drawBold(canvas, x, 6, menu, Canvas.BLACK);
            x += BitmapFont.width(menu, 1) + 14;
        }
        String[] names = {"Synthetic", "System", "Pictures", "Trash"};
        for (int i = 0; i < names.length && 110 + i * 66 < height; i++) {
            icon(canvas, width - 64, 60 + i * 66, names[i], oneBit ? Canvas.WHITE : Canvas.rgb(0xCCCCFF));
        }
        return canvas;
    }

    private static void icon(Canvas canvas, int x, int y, String name, int color) {
        canvas.fill(x, y + 4, 36, 28, color);
        canvas.frame(x, y + 4, 36, 28, Canvas.BLACK);
        canvas.frame(x + 6, y + 10, 24, 3, Canvas.BLACK);
        canvas.fill(x + 24, y + 24, 6, 3, Canvas.BLACK);
        int textWidth = BitmapFont.width(name, 1);
        canvas.fill(x + 17 - textWidth / 2, y + 35, textWidth + 2, 10, Canvas.WHITE);
        BitmapFont.draw(canvas, x + 18 - textWidth / 2, y + 36, name, Canvas.BLACK, 1);
    }

    /** An empty window with a striped title bar and a scroll bar. */
    static Canvas window(int width, int height, String title, boolean oneBit) {
        Canvas window = new Canvas(width, height);
        window.fill(0, 0, width, height, Canvas.WHITE);
        window.frame(0, 0, width, height, Canvas.BLACK);
        for (int y = 4; y < TITLE_BAR - 3; y += 2) {
            window.fill(2, y, width - 4, 1, oneBit ? Canvas.BLACK : SHADE);
        }
        int titleWidth = BitmapFont.width(title, 1) + 14;
        window.fill((width - titleWidth) / 2, 1, titleWidth, TITLE_BAR - 2, Canvas.WHITE);
        BitmapFont.drawBold(window, (width - titleWidth) / 2 + 7, 6, title, Canvas.BLACK);
        window.fill(9, 3, 13, 13, Canvas.WHITE);
        window.frame(10, 4, 11, 11, Canvas.BLACK);
        window.fill(0, TITLE_BAR - 1, width, 1, Canvas.BLACK);
        if (!oneBit) {
            window.fill(width - SCROLL_BAR, TITLE_BAR, SCROLL_BAR - 1, height - TITLE_BAR - 1, LIGHT);
        }
        window.frame(width - SCROLL_BAR, TITLE_BAR - 1, SCROLL_BAR, height - TITLE_BAR + 1, Canvas.BLACK);
        window.fill(width - SCROLL_BAR + 1, height / 2, SCROLL_BAR - 2, 14, Canvas.WHITE);
        window.frame(width - SCROLL_BAR, height / 2, SCROLL_BAR, 14, Canvas.BLACK);
        return window;
    }

    /** A line of words, at least {@code letters} long; the same for the same number. */
    static String sentence(int number, int letters) {
        Random random = new Random(number * 31L + 7);
        StringBuilder text = new StringBuilder();
        while (text.length() < letters) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(9) == 0 ? ". " : " ");
        }
        return text.toString();
    }

    /** Fills a rectangle with lines of text. */
    static void text(Canvas canvas, int x, int y, int width, int height) {
        int letters = Math.max(0, width / BitmapFont.ADVANCE);
        for (int line = 0; (line + 1) * BitmapFont.LINE <= height; line++) {
            String text = sentence(line, letters).substring(0, letters);
            BitmapFont.draw(canvas, x, y + line * BitmapFont.LINE, text, Canvas.BLACK, 1);
        }
    }
}
