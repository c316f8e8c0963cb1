/* The menu bar and its menus. */
#ifndef DEMO_MENUS_H
#define DEMO_MENUS_H

#include "types.h"

void menus_start(void);
void menus_draw(void);

/* The button went down: true when the menu bar or an open menu takes it. */
bool menus_press(int x, int y);
void menus_release(int x, int y);

/* Once per frame: the item under the pointer, and the clock. */
void menus_follow(int x, int y, u32 frame);

#endif
