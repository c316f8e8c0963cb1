/*
 * The driver's keyboard and mouse: what the server reported last, as SDL events for programs that listen and as polled
 * state for programs that ask. The control thread changes it; the hooks in sdl_hooks.c read it from any thread.
 */
#ifndef MACEMU_INPUT_H
#define MACEMU_INPUT_H

#include <SDL.h>
#include <stdbool.h>

/* Modifier keys as the browser reports them with each key. */
struct input_modifiers {
    bool ctrl, alt, shift, meta;
};

/* Events carry the id of the program's window; 0 while it has none: then input is dropped. */
void input_set_window(Uint32 window_id);

/* Absolute position in pixels of the picture, clamped to it. */
void input_mouse_to(double x, double y);

/* Relative movement in pixels. */
void input_mouse_by(double dx, double dy);

/* 0 left, 1 middle, 2 right, 3 and 4 the side buttons. Pressing twice or releasing twice reaches the guest once. */
void input_mouse_button(int button, bool pressed);

/* Lines; positive is right and down, as in the browser. */
void input_mouse_wheel(double dx, double dy);

/*
 * A key by KeyboardEvent.keyCode and KeyboardEvent.location. Repeated presses and releases of a key that is not down
 * reach the guest once and never. False when no key has that code.
 */
bool input_key(int key_code, int location, bool pressed, struct input_modifiers modifiers);

/* Releases every key and button that is down: the server that pressed them is gone. */
void input_release_all(void);

/* Logs from now on when button changes are queued and fetched; called before there are any. */
void input_trace(void);

/* The program has fetched these events. */
void input_fetched(const SDL_Event *events, int count);

/* Polled state, for the hooks. */
Uint32 input_mouse_state(int *x, int *y);
Uint32 input_take_relative_motion(int *dx, int *dy);
const Uint8 *input_keyboard_state(int *count);
SDL_Keymod input_modifier_state(void);
void input_set_modifier_state(SDL_Keymod modifiers);
void input_mouse_warped(int x, int y);

#endif
