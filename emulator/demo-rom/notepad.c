#include "notepad.h"

#include "desktop.h"
#include "draw.h"
#include "font.h"

#define MAX_TEXT 4096
#define MARGIN 8
#define BLINK_FRAMES 32

static const char welcome[] = "Welcome! This computer runs on a server, and you are\n"
                              "looking at it through your browser.\n"
                              "\n"
                              "Type here: every key plays a note. Paint, play the piano,\n"
                              "pull down a menu, drag a window by its title.\n\n";

static char text[MAX_TEXT];
static int length;
static bool caret_on = true;
static Rect caret; /* where it was drawn last, relative to the content */

static void draw(Rect content);

static const WindowContent content_of_window = {.draw = draw};
static Window window = {"Note Pad", {48, 30, 340, 206}, true, &content_of_window};

void notepad_start(void) {
    desktop_add(&window);
    for (const char *character = welcome; *character != 0; character++) {
        text[length++] = *character;
    }
}

void notepad_show(void) {
    window_show(&window);
}

void notepad_clear(void) {
    length = 0;
    window_invalidate(&window);
}

/* The index after the line that begins at `start`, and where its visible part ends. */
static int end_of_line(int start, int width, int *visible_end) {
    int x = 0, i = start;
    while (i < length && text[i] != '\n') {
        x += character_width(text[i], PLAIN);
        if (x > width && i > start) {
            *visible_end = i;
            return i;
        }
        i++;
    }
    *visible_end = i;
    return i < length ? i + 1 : i;
}

/* The number of lines; a text that ends with a newline has an empty last one. */
static int count_lines(int width) {
    int lines = 0, at = 0, visible_end;
    while (at < length) {
        at = end_of_line(at, width, &visible_end);
        lines++;
    }
    return length == 0 || text[length - 1] == '\n' ? lines + 1 : lines;
}

static void draw(Rect content) {
    fill_rect(content, 0xfffdf4);
    int width = content.w - 2 * MARGIN, fitting = (content.h - 2 * MARGIN) / LINE_HEIGHT;
    for (int y = MARGIN + LINE_HEIGHT - 1; y < content.h; y += LINE_HEIGHT) {
        fill_rect((Rect){content.x, content.y + y, content.w, 1}, 0xdce4f0);
    }
    int lines = count_lines(width), at = 0, visible_end;
    for (int skipped = 0; skipped < lines - fitting; skipped++) {
        at = end_of_line(at, width, &visible_end);
    }
    int shown = lines < fitting ? lines : fitting, x = content.x + MARGIN, y = content.y + MARGIN;
    for (int line = 0; line < shown; line++, y += LINE_HEIGHT) {
        int next = end_of_line(at, width, &visible_end);
        x = content.x + MARGIN;
        for (; at < visible_end; at++) {
            x = draw_character(x, y + 2, text[at], PLAIN, 0x101040);
        }
        at = next;
    }
    caret = (Rect){x - content.x, y - LINE_HEIGHT - content.y, 2, LINE_HEIGHT};
    if (caret_on) {
        fill_rect((Rect){x, y - LINE_HEIGHT + 1, 2, LINE_HEIGHT - 3}, 0xe03030);
    }
}

void notepad_type(char character) {
    if (character == '\b') {
        if (length == 0) {
            return;
        }
        length--;
    } else {
        if (length == MAX_TEXT) { /* forget the first half */
            for (int i = 0; i < MAX_TEXT / 2; i++) {
                text[i] = text[i + MAX_TEXT / 2];
            }
            length = MAX_TEXT / 2;
        }
        text[length++] = character;
    }
    caret_on = true;
    window_invalidate_part(&window, (Rect){0, 0, window.frame.w, window.frame.h});
}

void notepad_follow(u32 frame) {
    if (frame % BLINK_FRAMES == 0) {
        caret_on = !caret_on;
        window_invalidate_part(&window, caret);
    }
}
