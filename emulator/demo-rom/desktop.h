/*
 * The desktop: windows in front of each other, the menu bar, the pointer, and what has to be drawn again.
 * Everything is drawn from the back to the front, but only inside the rectangles that were invalidated.
 */
#ifndef DEMO_DESKTOP_H
#define DEMO_DESKTOP_H

#include "draw.h"
#include "machine.h"
#include "types.h"

#define MENU_BAR_HEIGHT 20
#define TITLE_BAR_HEIGHT 19

typedef struct {
    void (*draw)(Rect content);
    void (*press)(int x, int y); /* positions are relative to the content */
    void (*drag)(int x, int y);  /* while the button is down; may be NULL, as may release */
    void (*release)(void);
} WindowContent;

typedef struct {
    const char *title;
    Rect frame; /* border and title bar included */
    bool visible;
    const WindowContent *content;
} Window;

/* Windows in the order they were added, the last one in front. */
void desktop_add(Window *window);

Rect window_content(const Window *window);
void window_show(Window *window);
bool window_is_front(const Window *window);

/* Everything, or a part (relative to the content), has to be drawn again. */
void window_invalidate(const Window *window);
void window_invalidate_part(const Window *window, Rect part);
void desktop_invalidate(Rect rect);

/* A button change; positions on the screen. */
void desktop_press(int x, int y);
void desktop_release(int x, int y);

/* The pointer is there, on the screen. */
void desktop_point(int x, int y);

/* Once per frame: advances what moves by itself. */
void desktop_follow(u32 frame);

/* Draws everything that was invalidated. */
void desktop_paint(void);

bool desktop_button_is_down(void);

#endif
