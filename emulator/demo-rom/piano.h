/* The window that shows the sound: note, level, wave form, and a keyboard to play on with the mouse. */
#ifndef DEMO_PIANO_H
#define DEMO_PIANO_H

#include "types.h"

void piano_start(void);
void piano_show(void);
void piano_invalidate(void);

/* Once per frame. */
void piano_follow(u32 frame);

#endif
