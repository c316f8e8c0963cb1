/* The menu bar and its menus. */
#ifndef DEMO_MENUS_H
#define DEMO_MENUS_H

#include "types.h"

void menus_start(void);
void menus_draw(void);

/* The button went down: true when the menu bar or an open menu takes it. */
bool menus_press(int x, int y);
void menus_release(int x, int y);

/* The pointer is there: the item under it. */
void menus_point(int x, int y);

/* Once per frame: the clock. */
void menus_follow(void);

#endif
