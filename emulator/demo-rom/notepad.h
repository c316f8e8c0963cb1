/* The window that shows what is typed. */
#ifndef DEMO_NOTEPAD_H
#define DEMO_NOTEPAD_H

#include "types.h"

void notepad_start(void);
void notepad_show(void);
void notepad_clear(void);

/* A printable character, '\n' or '\b'. */
void notepad_type(char character);

/* Once per frame: the blinking caret. */
void notepad_follow(u32 frame);

#endif
