/*
 * The floating palette at the left edge: mouse button, last key, and a hand that turns with every frame. It is always
 * in front, at the same place on every screen, so that a test can look at it. README.md has the rectangles.
 */
#ifndef DEMO_INDICATORS_H
#define DEMO_INDICATORS_H

#include "types.h"

void indicators_draw(void);
void indicators_follow(u32 frame);
void indicators_button_changed(void);
void indicators_key(u8 key);

/* Whether the palette is in the way at that position. */
bool indicators_cover(int x, int y);

#endif
