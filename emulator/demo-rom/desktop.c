#include "desktop.h"

#include "icons.h"
#include "indicators.h"
#include "menus.h"
#include "synth.h"

#define MAX_WINDOWS 8
#define MAX_DIRTY 24
#define RIPPLE_FRAMES 14

static Window *windows[MAX_WINDOWS]; /* back to front */
static int window_count;
static Rect dirty[MAX_DIRTY];
static int dirty_count;

static int pointer_x, pointer_y;
static bool button_down;

/* What the button is holding. */
static enum { NOTHING, TITLE_BAR, CLOSE_BOX, CONTENT, MENU } holding;
static Window *held;
static int grip_x, grip_y; /* where in the window it was taken */
static Rect outline;       /* of a window that is being dragged */
static bool close_box_pressed;

static int ripple_x, ripple_y, ripple_age = RIPPLE_FRAMES;

/* ---- invalidation ---- */

void desktop_invalidate(Rect rect) {
    for (int i = 0; i < dirty_count; i++) {
        if (rect_touches(dirty[i], rect)) {
            dirty[i] = rect_union(dirty[i], rect);
            return;
        }
    }
    if (dirty_count < MAX_DIRTY) {
        dirty[dirty_count++] = rect;
    } else {
        dirty[0] = rect_union(dirty[0], rect);
    }
}

static Rect with_shadow(Rect frame) {
    return (Rect){frame.x, frame.y, frame.w + 1, frame.h + 1};
}

Rect window_content(const Window *window) {
    Rect frame = window->frame;
    return (Rect){frame.x + 1, frame.y + TITLE_BAR_HEIGHT, frame.w - 2, frame.h - TITLE_BAR_HEIGHT - 1};
}

void window_invalidate(const Window *window) {
    if (window->visible) {
        desktop_invalidate(with_shadow(window->frame));
    }
}

void window_invalidate_part(const Window *window, Rect part) {
    if (window->visible) {
        Rect content = window_content(window);
        desktop_invalidate((Rect){content.x + part.x, content.y + part.y, part.w, part.h});
    }
}

static void invalidate_outline(Rect frame) {
    desktop_invalidate((Rect){frame.x, frame.y, frame.w, 1});
    desktop_invalidate((Rect){frame.x, frame.y + frame.h - 1, frame.w, 1});
    desktop_invalidate((Rect){frame.x, frame.y, 1, frame.h});
    desktop_invalidate((Rect){frame.x + frame.w - 1, frame.y, 1, frame.h});
}

/* ---- windows ---- */

void desktop_add(Window *window) {
    if (window_count < MAX_WINDOWS) {
        windows[window_count++] = window;
    }
}

static Window *front_window(void) {
    for (int i = window_count - 1; i >= 0; i--) {
        if (windows[i]->visible) {
            return windows[i];
        }
    }
    return NULL;
}

bool window_is_front(const Window *window) {
    return front_window() == window;
}

static void bring_to_front(Window *window) {
    Window *old = front_window();
    if (old == window) {
        return;
    }
    int i = 0;
    while (windows[i] != window) {
        i++;
    }
    for (; i < window_count - 1; i++) {
        windows[i] = windows[i + 1];
    }
    windows[window_count - 1] = window;
    window_invalidate(window);
    if (old != NULL) {
        window_invalidate(old);
    }
}

void window_show(Window *window) {
    window->visible = true;
    bring_to_front(window);
    window_invalidate(window);
}

static void close_window(Window *window) {
    window_invalidate(window);
    window->visible = false;
    if (front_window() != NULL) {
        window_invalidate(front_window());
    }
}

static Rect close_box(const Window *window) {
    return (Rect){window->frame.x + 9, window->frame.y + 4, 11, 11};
}

static Window *window_at(int x, int y) {
    for (int i = window_count - 1; i >= 0; i--) {
        if (windows[i]->visible && rect_has(windows[i]->frame, x, y)) {
            return windows[i];
        }
    }
    return NULL;
}

static void draw_title_bar(const Window *window, bool front) {
    Rect frame = window->frame;
    Rect bar = {frame.x + 1, frame.y + 1, frame.w - 2, TITLE_BAR_HEIGHT - 2};
    u32 ground = front ? 0xe6e6f0 : 0xf8f8f8;
    fill_rect(bar, ground);
    if (front) {
        for (int i = 0; i < 6; i++) {
            fill_rect((Rect){bar.x + 2, bar.y + 3 + 2 * i, bar.w - 4, 1}, 0x8c8ca8);
        }
        Rect box = close_box(window);
        fill_rect((Rect){box.x - 2, bar.y, box.w + 4, bar.h}, ground);
        frame_rect(box, 0x505078);
        fill_rect(rect_inset(box, 1), close_box_pressed && held == window ? 0x505078 : 0xffffff);
        fill_rect((Rect){box.x + 2, box.y + box.h - 3, box.w - 4, 1}, 0xb0b0d0);
        fill_rect((Rect){box.x + box.w - 3, box.y + 2, 1, box.h - 4}, 0xb0b0d0);
    }
    int width = text_width(window->title, BOLD), x = bar.x + (bar.w - width) / 2;
    fill_rect((Rect){x - 6, bar.y, width + 12, bar.h}, ground);
    draw_text(x, bar.y + 4, window->title, BOLD, front ? BLACK : 0x8c8c8c);
}

static void draw_window(const Window *window) {
    Rect frame = window->frame, content = window_content(window);
    bool front = window_is_front(window), visible;
    u32 edge = front ? BLACK : 0x606060;
    Rect clip = draw_narrow(with_shadow(frame), &visible);
    if (visible) {
        frame_rect(frame, edge);
        fill_rect((Rect){frame.x + 2, frame.y + frame.h, frame.w - 1, 1}, edge);
        fill_rect((Rect){frame.x + frame.w, frame.y + 2, 1, frame.h - 1}, edge);
        draw_title_bar(window, front);
        fill_rect((Rect){content.x, content.y - 1, content.w, 1}, edge);
        Rect outer = draw_narrow(content, &visible);
        if (visible) {
            window->content->draw(content);
        }
        draw_clip(outer);
    }
    draw_clip(clip);
}

/* ---- pointer ---- */

static const char *const arrow[] = {
    "oo..........", "o#o.........", "o##o........", "o###o.......", "o####o......", "o#####o.....",
    "o######o....", "o#######o...", "o########o..", "o#########o.", "o######ooooo", "o###o##o....",
    "o##o.o##o...", "o#o..o##o...", "oo....o##o..", "......o##o..", ".......oo...",
};

static const PaletteEntry arrow_colors[] = {{'#', BLACK}, {'o', WHITE}, {0, 0}};

/* The tip of the arrow, its first black pixel, is at the reported position. */
static Rect pointer_rect(void) {
    return (Rect){pointer_x - 1, pointer_y - 1, 12, sizeof arrow / sizeof arrow[0]};
}

static Rect ripple_rect(void) {
    int radius = ripple_age + 4;
    return (Rect){ripple_x - radius, ripple_y - radius, 2 * radius + 1, 2 * radius + 1};
}

static void draw_outline(void) {
    if (holding == TITLE_BAR) {
        frame_rect(outline, 0x303030);
    }
}

/* ---- painting ---- */

static void paint(Rect rect) {
    draw_clip(rect);
    int first = window_count - 1;
    while (first >= 0 && !(windows[first]->visible && rect_contains(windows[first]->frame, rect))) {
        first--;
    }
    if (first < 0) {
        first = 0;
        fill_checked(rect, 0x9aa5cc, 0x8f9ac2);
        icons_draw();
    }
    for (int i = first; i < window_count; i++) {
        if (windows[i]->visible && rect_touches(with_shadow(windows[i]->frame), rect)) {
            draw_window(windows[i]);
        }
    }
    indicators_draw();
    menus_draw();
    draw_outline();
    if (ripple_age < RIPPLE_FRAMES) {
        draw_circle(ripple_x, ripple_y, ripple_age + 3, 0xff4040);
        draw_circle(ripple_x, ripple_y, ripple_age + 2, 0xff9090);
    }
    Rect pointer = pointer_rect();
    draw_picture(pointer.x, pointer.y, arrow, pointer.h, arrow_colors);
    draw_show();
}

void desktop_paint(void) {
    Rect screen = draw_screen();
    for (int i = 0; i < dirty_count; i++) {
        if (rect_touches(dirty[i], screen)) {
            paint(dirty[i]);
        }
    }
    dirty_count = 0;
}

/* ---- mouse ---- */

bool desktop_button_is_down(void) {
    return button_down;
}

static void start_ripple(int x, int y) {
    if (ripple_age < RIPPLE_FRAMES) {
        desktop_invalidate(ripple_rect());
    }
    ripple_x = x;
    ripple_y = y;
    ripple_age = 0;
}

static void press_window(Window *window, int x, int y) {
    bool was_front = window_is_front(window);
    bring_to_front(window);
    held = window;
    Rect content = window_content(window);
    if (was_front && rect_has(close_box(window), x, y)) {
        holding = CLOSE_BOX;
        close_box_pressed = true;
        desktop_invalidate(close_box(window));
    } else if (rect_has(content, x, y)) {
        holding = CONTENT;
        if (window->content->press != NULL) {
            window->content->press(x - content.x, y - content.y);
        }
    } else {
        holding = TITLE_BAR;
        grip_x = x - window->frame.x;
        grip_y = y - window->frame.y;
        outline = window->frame;
        invalidate_outline(outline);
    }
}

static void move_pointer(int x, int y) {
    if (x != pointer_x || y != pointer_y) {
        desktop_invalidate(pointer_rect());
        pointer_x = x;
        pointer_y = y;
        desktop_invalidate(pointer_rect());
    }
}

void desktop_press(int x, int y) {
    move_pointer(x, y);
    button_down = true;
    holding = NOTHING;
    indicators_button_changed();
    synth_click();
    if (menus_press(x, y)) {
        holding = MENU;
        return;
    }
    Window *window = indicators_cover(x, y) ? NULL : window_at(x, y);
    if (window != NULL) {
        press_window(window, x, y);
    } else {
        icons_press(x, y);
    }
    if (holding != CONTENT) {
        start_ripple(x, y);
    }
}

static void drag_window(int x, int y) {
    Rect moved = {x - grip_x, y - grip_y, outline.w, outline.h};
    if (moved.y < MENU_BAR_HEIGHT) {
        moved.y = MENU_BAR_HEIGHT;
    }
    if (moved.x != outline.x || moved.y != outline.y) {
        invalidate_outline(outline);
        outline = moved;
        invalidate_outline(outline);
    }
}

void desktop_release(int x, int y) {
    move_pointer(x, y);
    button_down = false;
    indicators_button_changed();
    switch (holding) {
        case TITLE_BAR:
            drag_window(x, y);
            invalidate_outline(outline);
            if (outline.x != held->frame.x || outline.y != held->frame.y) {
                window_invalidate(held);
                held->frame = outline;
                window_invalidate(held);
            }
            break;
        case CLOSE_BOX:
            close_box_pressed = false;
            desktop_invalidate(close_box(held));
            if (rect_has(close_box(held), x, y)) {
                close_window(held);
            }
            break;
        case CONTENT:
            if (held->content->release != NULL) {
                held->content->release();
            }
            break;
        case MENU:
            menus_release(x, y);
            break;
        case NOTHING:
            break;
    }
    holding = NOTHING;
    held = NULL;
}

static void follow_held(int x, int y) {
    if (holding == TITLE_BAR) {
        drag_window(x, y);
    } else if (holding == CLOSE_BOX) {
        bool inside = rect_has(close_box(held), x, y);
        if (inside != close_box_pressed) {
            close_box_pressed = inside;
            desktop_invalidate(close_box(held));
        }
    } else if (holding == CONTENT && held->content->drag != NULL) {
        Rect content = window_content(held);
        held->content->drag(x - content.x, y - content.y);
    }
}

void desktop_point(int x, int y) {
    move_pointer(x, y);
    follow_held(x, y);
    menus_point(x, y);
}

void desktop_follow(u32 frame) {
    menus_follow();
    indicators_follow(frame);
    if (ripple_age < RIPPLE_FRAMES) {
        desktop_invalidate(ripple_rect());
        ripple_age++;
        desktop_invalidate(ripple_rect());
    }
}
