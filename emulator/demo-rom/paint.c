#include "paint.h"

#include "desktop.h"
#include "draw.h"
#include "synth.h"

#define TOOLS_WIDTH 28
#define CANVAS_WIDTH 310
#define CANVAS_HEIGHT 206
#define SWATCH 18
#define SWATCH_STEP 22
#define BRUSH 2 /* radius */

static const u32 colors[] = {0x101010, 0xe02828, 0xf08c14, 0xf4d020, 0x28a040, 0x2868e0, 0x8c3cc8, 0xffffff};

#define COLORS ((int) (sizeof colors / sizeof colors[0]))

static u32 *const canvas = (u32 *) CANVAS_START;
static int color = 1;
static int last_x, last_y;
static bool drawing;

static void draw(Rect content);
static void press(int x, int y);
static void drag(int x, int y);
static void release(void);

static const WindowContent content_of_window = {draw, press, drag, release};
static Window window = {"Paint", {48, 244, 340, 226}, true, &content_of_window};

static Rect swatch(int index) {
    return (Rect){5, 8 + index * SWATCH_STEP, SWATCH, SWATCH};
}

void paint_clear(void) {
    for (int i = 0; i < CANVAS_WIDTH * CANVAS_HEIGHT; i++) {
        canvas[i] = WHITE;
    }
    window_invalidate(&window);
}

/* A landscape to begin with. */
static void draw_landscape(void) {
    for (int x = 0; x < CANVAS_WIDTH; x++) {
        int far = 120 + sine((u32) x + 30) * 18 / 32767 + sine((u32) x * 3) * 4 / 32767;
        int near = 156 + sine((u32) x * 2 + 120) * 14 / 32767;
        for (int y = 0; y < CANVAS_HEIGHT; y++) {
            int dx = x - 236, dy = y - 52;
            u32 pixel = (u32) (0xa0 + y / 3) << 16 | (u32) (0xd0 + y / 6) << 8 | 0xff;
            if (dx * dx + dy * dy < 26 * 26) {
                pixel = 0xffd040;
            } else if (dx * dx + dy * dy < 30 * 30) {
                pixel = 0xffe890;
            }
            if (y > far) {
                pixel = 0x78c088;
            }
            if (y > near) {
                pixel = 0x3c9c50;
            }
            canvas[y * CANVAS_WIDTH + x] = pixel;
        }
    }
}

void paint_start(void) {
    draw_landscape();
    desktop_add(&window);
}

void paint_show(void) {
    window_show(&window);
}

static void draw(Rect content) {
    fill_rect((Rect){content.x, content.y, TOOLS_WIDTH - 1, content.h}, 0xe6e6f0);
    fill_rect((Rect){content.x + TOOLS_WIDTH - 1, content.y, 1, content.h}, BLACK);
    for (int i = 0; i < COLORS; i++) {
        Rect place = swatch(i);
        place.x += content.x;
        place.y += content.y;
        if (i == color) {
            frame_rect(rect_inset(place, -3), BLACK);
            frame_rect(rect_inset(place, -2), WHITE);
        }
        frame_rect(rect_inset(place, -1), 0x505078);
        fill_rect(place, colors[i]);
    }
    draw_pixels(content.x + TOOLS_WIDTH, content.y, CANVAS_WIDTH, CANVAS_HEIGHT, canvas, CANVAS_WIDTH);
}

static void dab(int x, int y) {
    for (int row = -BRUSH; row <= BRUSH; row++) {
        for (int column = -BRUSH; column <= BRUSH; column++) {
            int px = x + column, py = y + row;
            bool corner = row * row + column * column > BRUSH * BRUSH + 1;
            if (!corner && px >= 0 && py >= 0 && px < CANVAS_WIDTH && py < CANVAS_HEIGHT) {
                canvas[py * CANVAS_WIDTH + px] = colors[color];
            }
        }
    }
}

static void invalidate_stroke(int x0, int y0, int x1, int y1) {
    Rect stroke = rect_union((Rect){x0 - BRUSH, y0 - BRUSH, 2 * BRUSH + 1, 2 * BRUSH + 1},
                             (Rect){x1 - BRUSH, y1 - BRUSH, 2 * BRUSH + 1, 2 * BRUSH + 1});
    stroke.x += TOOLS_WIDTH;
    window_invalidate_part(&window, stroke);
}

static void press(int x, int y) {
    drawing = x >= TOOLS_WIDTH;
    if (drawing) {
        last_x = x - TOOLS_WIDTH;
        last_y = y;
        dab(last_x, last_y);
        invalidate_stroke(last_x, last_y, last_x, last_y);
        return;
    }
    for (int i = 0; i < COLORS; i++) {
        if (rect_has(rect_inset(swatch(i), -2), x, y)) {
            color = i;
            window_invalidate_part(&window, (Rect){0, 0, TOOLS_WIDTH, CANVAS_HEIGHT});
        }
    }
}

static int clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

static void drag(int x, int y) {
    x = clamp(x - TOOLS_WIDTH, -BRUSH, CANVAS_WIDTH + BRUSH);
    y = clamp(y, -BRUSH, CANVAS_HEIGHT + BRUSH);
    if (!drawing || (x == last_x && y == last_y)) {
        return;
    }
    int dx = x - last_x, dy = y - last_y;
    int steps = (dx < 0 ? -dx : dx) > (dy < 0 ? -dy : dy) ? (dx < 0 ? -dx : dx) : (dy < 0 ? -dy : dy);
    for (int i = 1; i <= steps; i++) {
        dab(last_x + dx * i / steps, last_y + dy * i / steps);
    }
    invalidate_stroke(last_x, last_y, x, y);
    last_x = x;
    last_y = y;
}

static void release(void) {
    drawing = false;
}
