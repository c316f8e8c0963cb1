/*
 * Drawing into a back buffer, limited to a clip rectangle, and showing what was drawn. The display is only ever
 * written by draw_show(), so that it never shows a half-drawn state.
 */
#ifndef DEMO_DRAW_H
#define DEMO_DRAW_H

#include "machine.h"
#include "types.h"

#define BLACK 0x000000u
#define WHITE 0xffffffu
#define RED 0xff0000u

void draw_start(const Screen *screen);
Rect draw_screen(void);

/* Sets the clip rectangle to its intersection with the screen. */
void draw_clip(Rect clip);

/* Narrows the clip rectangle and returns the old one; false in `visible` when nothing is left of it. */
Rect draw_narrow(Rect clip, bool *visible);

/* Copies the clip rectangle to the display. */
void draw_show(void);

bool rect_contains(Rect outer, Rect inner);
bool rect_has(Rect rect, int x, int y);
bool rect_touches(Rect a, Rect b);
Rect rect_union(Rect a, Rect b);
Rect rect_inset(Rect rect, int by);

void fill_rect(Rect rect, u32 color);
void frame_rect(Rect rect, u32 color);

/* Two colours alternating like a chessboard of single pixels, fixed to the screen. */
void fill_checked(Rect rect, u32 even, u32 odd);
void draw_pixel(int x, int y, u32 color);
void draw_line(int x0, int y0, int x1, int y1, u32 color);
void fill_disc(int x, int y, int radius, u32 color);
void draw_circle(int x, int y, int radius, u32 color);

/* A convex polygon of up to 8 corners. */
typedef struct {
    int x, y;
} Point;
void fill_polygon(const Point *corners, int count, u32 color);

/* Rows of characters: each names a colour in `palette` ("X=colour" pairs); '.' is transparent. */
typedef struct {
    char name;
    u32 color;
} PaletteEntry;
void draw_picture(int x, int y, const char *const *rows, int count, const PaletteEntry *palette);

/* Copies a block of pixels. */
void draw_pixels(int x, int y, int width, int height, const u32 *pixels, int stride);

typedef enum { PLAIN, BOLD } TextStyle;

/* (x, y) is the top left corner; returns the x after the text. */
int draw_text(int x, int y, const char *text, TextStyle style, u32 color);
int draw_character(int x, int y, char character, TextStyle style, u32 color);
int text_width(const char *text, TextStyle style);
int character_width(char character, TextStyle style);

/* Decimal number with at least `digits` digits; returns the end of the text. */
char *write_number(char *text, u32 number, int digits);
char *write_text(char *text, const char *more);

#endif
