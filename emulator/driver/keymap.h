/* KeyboardEvent.keyCode (and location) to the physical key of SDL's US layout. */
#ifndef MACEMU_KEYMAP_H
#define MACEMU_KEYMAP_H

#include <SDL_keycode.h>
#include <SDL_scancode.h>
#include <stdbool.h>

enum key_location { KEY_STANDARD = 0, KEY_LEFT = 1, KEY_RIGHT = 2, KEY_NUMPAD = 3 };

/* SDL_SCANCODE_UNKNOWN for a code that no browser sends for a key. */
SDL_Scancode keymap_scancode(int key_code, int location);

/* The symbol of a key in the US layout, as programs find it in SDL_Keysym.sym. */
SDL_Keycode keymap_symbol(SDL_Scancode scancode);

/* The character a key types in the US layout, or 0. */
char keymap_character(SDL_Scancode scancode, bool shift, bool caps);

#endif
