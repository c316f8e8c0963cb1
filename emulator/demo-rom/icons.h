/* The two icons on the desktop: a disk and a waste basket. */
#ifndef DEMO_ICONS_H
#define DEMO_ICONS_H

#include "types.h"

void icons_draw(void);

/* Selects what is at that position, or nothing; a double click on the disk opens the About window. */
void icons_press(int x, int y);

#endif
