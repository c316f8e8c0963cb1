package org.macemu.webrtc.synthetic;

/**
 * Letters of 5 x 7 pixels, so that drawing needs neither font files nor AWT. A glyph is seven rows from the top, each
 * row a base-32 digit (0-9, A-V) whose bits are the row's pixels from left to right.
 */
final class BitmapFont {

    /** Pixels from one letter to the next. */
    static final int ADVANCE = 6;

    /** Pixels from one line to the next. */
    static final int LINE = 10;

    private static final String[] GLYPHS = new String[128];

    static {
        define("ABCDEFGHIJKLM", "EHHVHHH UHHUHHU EHGGGHE SIHHHIS VGGUGGV VGGUGGG EHGNHHF HHHVHHH E44444E 72222IC"
                + " HIKOKIH GGGGGGV HRLLHHH");
        define("NOPQRSTUVWXYZ", "HHPLJHH EHHHHHE UHHUGGG EHHHLID UHHUKIH FGGE11U V444444 HHHHHHE HHHHHA4 HHHLLLA"
                + " HHA4AHH HHHA444 V1248GV");
        define("abcdefghijklm", "00E1FHF GGMPHHU 00EGGHE 11DJHHF 00EHVGE 698S888 0FHHF1E GGMPHHH 40C444E 20622IC"
                + " GGIKOKI C44444E 00QLLHH");
        define("nopqrstuvwxyz", "00MPHHH 00EHHHE 00UHUGG 00DJF11 00MPGGG 00EGE1U 88S8896 00HHHJD 00HHHA4 00HHLLA"
                + " 00HA4AH 00HHF1E 00V248V");
        define("0123456789", "EHJLPHE 4C4444E EH1248V V2421HE 26AIV22 VGU11HE 68GUHHE V124888 EHHEHHE EHHF12C");
        define(".,:-!?'()/=+_#%", "00000CC 0000C48 0CC0CC0 000V000 4444404 EH12404 C480000 2488842 8422248 01248G0"
                + " 00V0V00 044V440 000000V AAVAVAA OP248J3");
    }

    private BitmapFont() {}

    private static void define(String letters, String glyphs) {
        String[] rows = glyphs.split(" ");
        for (int i = 0; i < letters.length(); i++) {
            GLYPHS[letters.charAt(i)] = rows[i];
        }
    }

    /** Draws a line of text with its top left corner at (x, y); letters that are not known are blanks. */
    static void draw(Canvas canvas, int x, int y, String text, int color, int scale) {
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            String glyph = letter < GLYPHS.length ? GLYPHS[letter] : null;
            for (int row = 0; glyph != null && row < 7; row++) {
                int bits = Character.digit(glyph.charAt(row), 32);
                for (int column = 0; column < 5; column++) {
                    if ((bits >> 4 - column & 1) == 1) {
                        int left = x + (i * ADVANCE + column) * scale;
                        canvas.fill(left, y + row * scale, scale, scale, color);
                    }
                }
            }
        }
    }

    /** As {@link #draw}, each letter one pixel stronger, as menus and titles are. */
    static void drawBold(Canvas canvas, int x, int y, String text, int color) {
        draw(canvas, x, y, text, color, 1);
        draw(canvas, x + 1, y, text, color, 1);
    }

    /** Pixels that a text is wide. */
    static int width(String text, int scale) {
        return text.length() * ADVANCE * scale;
    }
}
