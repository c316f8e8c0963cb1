#include "indicators.h"

#include "desktop.h"
#include "draw.h"
#include "synth.h"

static const Rect palette = {4, 26, 32, 108};
static const Rect button_cell = {8, 40, 24, 24};
static const Rect key_cell = {8, 72, 24, 24};
static const Rect hand_cell = {8, 104, 24, 24};

static u32 key_color = 0x808080; /* before the first key; no key has this colour */
static u32 hand;

void indicators_key(u8 key) {
    /* Bits 6-5 red, 4-2 green, 1-0 blue, each spread over 0 to 255. */
    u32 red = (key >> 5 & 3u) * 85, green = (key >> 2 & 7u) * 255 / 7, blue = (key & 3u) * 85;
    key_color = red << 16 | green << 8 | blue;
    desktop_invalidate(key_cell);
}

void indicators_button_changed(void) {
    desktop_invalidate(button_cell);
}

bool indicators_cover(int x, int y) {
    return rect_has(palette, x, y);
}

void indicators_follow(u32 frame) {
    hand = frame * 4;
    desktop_invalidate(hand_cell);
}

void indicators_draw(void) {
    bool visible;
    Rect clip = draw_narrow(palette, &visible);
    if (visible) {
        fill_rect(palette, 0xe6e6f0);
        frame_rect(palette, BLACK);
        fill_rect((Rect){palette.x + 1, palette.y + 1, palette.w - 2, 8}, 0xc8c8dc);
        for (int i = 0; i < 3; i++) {
            fill_rect((Rect){palette.x + 3, palette.y + 2 + 2 * i, palette.w - 6, 1}, 0x8c8ca8);
        }
        fill_rect((Rect){palette.x + 1, palette.y + 9, palette.w - 2, 1}, BLACK);

        frame_rect(rect_inset(button_cell, -1), 0x505078);
        fill_rect(button_cell, desktop_button_is_down() ? RED : WHITE);
        frame_rect(rect_inset(key_cell, -1), 0x505078);
        fill_rect(key_cell, key_color);
        frame_rect(rect_inset(hand_cell, -1), 0x505078);
        fill_rect(hand_cell, WHITE);
        int x = hand_cell.x + 12, y = hand_cell.y + 12;
        draw_circle(x, y, 10, 0x505078);
        draw_line(x, y, x + sine(hand) * 9 / 32767, y - sine(hand + 64) * 9 / 32767, RED);
        fill_rect((Rect){x - 1, y - 1, 3, 3}, BLACK);
    }
    draw_clip(clip);
}
