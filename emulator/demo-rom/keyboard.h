/* ADB key codes of Apple's extended keyboard, US layout. */
#ifndef DEMO_KEYBOARD_H
#define DEMO_KEYBOARD_H

#include "types.h"

#define KEY_RETURN 0x24
#define KEY_TAB 0x30
#define KEY_BACKSPACE 0x33
#define KEY_ENTER 0x4c

/* Follows the modifiers. Call for each key event. */
void keyboard_track(u8 key, bool down);

/* The character this key types now, or 0. */
char keyboard_character(u8 key);

#endif
