#include "draw.h"

#include "font.h"

static Screen screen;
static u32 *const buffer = (u32 *) BACK_BUFFER_START;
static int left, top, right, bottom; /* clip rectangle, right and bottom exclusive */

void draw_start(const Screen *display) {
    screen = *display;
    draw_clip(draw_screen());
}

Rect draw_screen(void) {
    return (Rect){0, 0, screen.width, screen.height};
}

static int max(int a, int b) {
    return a > b ? a : b;
}

static int min(int a, int b) {
    return a < b ? a : b;
}

void draw_clip(Rect clip) {
    left = max(clip.x, 0);
    top = max(clip.y, 0);
    right = min(clip.x + clip.w, screen.width);
    bottom = min(clip.y + clip.h, screen.height);
}

Rect draw_narrow(Rect clip, bool *visible) {
    Rect old = {left, top, right - left, bottom - top};
    left = max(left, clip.x);
    top = max(top, clip.y);
    right = min(right, clip.x + clip.w);
    bottom = min(bottom, clip.y + clip.h);
    *visible = left < right && top < bottom;
    return old;
}

static u32 *row_at(int x, int y) {
    return buffer + y * screen.width + x;
}

void draw_show(void) {
    int count = right - left;
    for (int y = top; y < bottom && count > 0; y++) {
        const u32 *from = row_at(left, y);
        u32 *to = screen.pixels + y * screen.stride + left;
        int i = count;
        for (; i >= 4; i -= 4) {
            *to++ = *from++;
            *to++ = *from++;
            *to++ = *from++;
            *to++ = *from++;
        }
        while (i-- > 0) {
            *to++ = *from++;
        }
    }
}

bool rect_contains(Rect outer, Rect inner) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w
            && inner.y + inner.h <= outer.y + outer.h;
}

bool rect_has(Rect rect, int x, int y) {
    return x >= rect.x && y >= rect.y && x < rect.x + rect.w && y < rect.y + rect.h;
}

bool rect_touches(Rect a, Rect b) {
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

Rect rect_union(Rect a, Rect b) {
    int x = min(a.x, b.x), y = min(a.y, b.y);
    return (Rect){x, y, max(a.x + a.w, b.x + b.w) - x, max(a.y + a.h, b.y + b.h) - y};
}

Rect rect_inset(Rect rect, int by) {
    return (Rect){rect.x + by, rect.y + by, rect.w - 2 * by, rect.h - 2 * by};
}

/* The visible part of a row, from *x0 to *x1; false when there is none. */
static bool clip_row(int y, int *x0, int *x1) {
    if (y < top || y >= bottom) {
        return false;
    }
    *x0 = max(*x0, left);
    *x1 = min(*x1, right);
    return *x0 < *x1;
}

static void fill_row(int y, int x0, int x1, u32 color) {
    if (!clip_row(y, &x0, &x1)) {
        return;
    }
    u32 *pixel = row_at(x0, y);
    int count = x1 - x0;
    for (; count >= 4; count -= 4) {
        *pixel++ = color;
        *pixel++ = color;
        *pixel++ = color;
        *pixel++ = color;
    }
    while (count-- > 0) {
        *pixel++ = color;
    }
}

void fill_rect(Rect rect, u32 color) {
    int y0 = max(rect.y, top), y1 = min(rect.y + rect.h, bottom);
    for (int y = y0; y < y1; y++) {
        fill_row(y, rect.x, rect.x + rect.w, color);
    }
}

void frame_rect(Rect rect, u32 color) {
    fill_row(rect.y, rect.x, rect.x + rect.w, color);
    fill_row(rect.y + rect.h - 1, rect.x, rect.x + rect.w, color);
    fill_rect((Rect){rect.x, rect.y, 1, rect.h}, color);
    fill_rect((Rect){rect.x + rect.w - 1, rect.y, 1, rect.h}, color);
}

void fill_checked(Rect rect, u32 even, u32 odd) {
    int y0 = max(rect.y, top), y1 = min(rect.y + rect.h, bottom);
    for (int y = y0; y < y1; y++) {
        int x0 = rect.x, x1 = rect.x + rect.w;
        if (!clip_row(y, &x0, &x1)) {
            return;
        }
        u32 *pixel = row_at(x0, y);
        u32 first = ((x0 ^ y) & 1) != 0 ? odd : even, second = first == odd ? even : odd;
        int count = x1 - x0;
        for (; count >= 2; count -= 2) {
            *pixel++ = first;
            *pixel++ = second;
        }
        if (count > 0) {
            *pixel = first;
        }
    }
}

void draw_pixel(int x, int y, u32 color) {
    if (x >= left && x < right && y >= top && y < bottom) {
        *row_at(x, y) = color;
    }
}

static int absolute(int value) {
    return value < 0 ? -value : value;
}

void draw_line(int x0, int y0, int x1, int y1, u32 color) {
    int dx = absolute(x1 - x0), dy = -absolute(y1 - y0);
    int step_x = x0 < x1 ? 1 : -1, step_y = y0 < y1 ? 1 : -1;
    int error = dx + dy;
    for (;;) {
        draw_pixel(x0, y0, color);
        if (x0 == x1 && y0 == y1) {
            return;
        }
        int twice = 2 * error;
        if (twice >= dy) {
            error += dy;
            x0 += step_x;
        }
        if (twice <= dx) {
            error += dx;
            y0 += step_y;
        }
    }
}

void fill_disc(int x, int y, int radius, u32 color) {
    int half = 0;
    for (int row = -radius; row <= radius; row++) {
        int limit = radius * radius + radius - row * row; /* + radius rounds the corners nicely */
        while ((half + 1) * (half + 1) <= limit) {
            half++;
        }
        while (half * half > limit) {
            half--;
        }
        fill_row(y + row, x - half, x + half + 1, color);
    }
}

void draw_circle(int x, int y, int radius, u32 color) {
    int dx = radius, dy = 0, error = 1 - radius;
    while (dx >= dy) {
        draw_pixel(x + dx, y + dy, color);
        draw_pixel(x - dx, y + dy, color);
        draw_pixel(x + dx, y - dy, color);
        draw_pixel(x - dx, y - dy, color);
        draw_pixel(x + dy, y + dx, color);
        draw_pixel(x - dy, y + dx, color);
        draw_pixel(x + dy, y - dx, color);
        draw_pixel(x - dy, y - dx, color);
        dy++;
        if (error < 0) {
            error += 2 * dy + 1;
        } else {
            dx--;
            error += 2 * (dy - dx) + 1;
        }
    }
}

void fill_polygon(const Point *corners, int count, u32 color) {
    int y0 = corners[0].y, y1 = corners[0].y;
    for (int i = 1; i < count; i++) {
        y0 = min(y0, corners[i].y);
        y1 = max(y1, corners[i].y);
    }
    y0 = max(y0, top);
    y1 = min(y1, bottom);
    for (int y = y0; y < y1; y++) {
        int x0 = 32767, x1 = -32768;
        for (int i = 0; i < count; i++) {
            Point a = corners[i], b = corners[i + 1 < count ? i + 1 : 0];
            if ((a.y <= y) != (b.y <= y)) {
                int x = a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y);
                x0 = min(x0, x);
                x1 = max(x1, x);
            }
        }
        fill_row(y, x0, x1 + 1, color);
    }
}

void draw_picture(int x, int y, const char *const *rows, int count, const PaletteEntry *palette) {
    for (int row = 0; row < count; row++) {
        int at = x;
        for (const char *pixel = rows[row]; *pixel != 0; pixel++, at++) {
            for (const PaletteEntry *entry = palette; entry->name != 0; entry++) {
                if (entry->name == *pixel) {
                    draw_pixel(at, y + row, entry->color);
                    break;
                }
            }
        }
    }
}

void draw_pixels(int x, int y, int width, int height, const u32 *pixels, int stride) {
    int y0 = max(y, top), y1 = min(y + height, bottom);
    for (int row = y0; row < y1; row++) {
        int x0 = x, x1 = x + width;
        if (!clip_row(row, &x0, &x1)) {
            return;
        }
        const u32 *from = pixels + (row - y) * stride + (x0 - x);
        u32 *to = row_at(x0, row);
        for (int i = x1 - x0; i > 0; i--) {
            *to++ = *from++;
        }
    }
}

int character_width(char character, TextStyle style) {
    return font_glyph(character)->width + (style == BOLD ? 2 : 1);
}

int text_width(const char *text, TextStyle style) {
    int width = 0;
    while (*text != 0) {
        width += character_width(*text++, style);
    }
    return width;
}

int draw_character(int x, int y, char character, TextStyle style, u32 color) {
    const Glyph *glyph = font_glyph(character);
    int after = x + character_width(character, style);
    if (x >= right || after <= left || y >= bottom || y + FONT_HEIGHT <= top) {
        return after;
    }
    for (int row = 0; row < FONT_HEIGHT; row++) {
        u32 bits = glyph->rows[row];
        if (style == BOLD) {
            bits = (bits | bits >> 1) & 0xffffu;
        }
        for (int at = x; bits != 0; at++, bits = bits << 1 & 0xffffu) {
            if ((bits & 0x8000u) != 0) {
                draw_pixel(at, y + row, color);
            }
        }
    }
    return after;
}

int draw_text(int x, int y, const char *text, TextStyle style, u32 color) {
    while (*text != 0) {
        x = draw_character(x, y, *text++, style, color);
    }
    return x;
}

char *write_text(char *text, const char *more) {
    while (*more != 0) {
        *text++ = *more++;
    }
    *text = 0;
    return text;
}

char *write_number(char *text, u32 number, int digits) {
    char reversed[12];
    int count = 0;
    do {
        reversed[count++] = (char) ('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count < digits) {
        reversed[count++] = '0';
    }
    while (count > 0) {
        *text++ = reversed[--count];
    }
    *text = 0;
    return text;
}
