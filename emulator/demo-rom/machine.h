/* The machine under the program: Basilisk II's virtual hardware, reached by its emulator instructions. */
#ifndef DEMO_MACHINE_H
#define DEMO_MACHINE_H

#include "types.h"

typedef struct {
    u32 *pixels; /* 0x00RRGGBB */
    int width, height, stride; /* stride in pixels */
} Screen;

/* Opens the display in 32-bit colour and installs the interrupt and input handlers. */
void machine_start(Screen *screen);

/* Starts the sound output; afterwards synth_fill() is called from interrupts. */
void machine_start_sound(void);

/* Ticks of 1/60 s since the start. */
u32 machine_ticks(void);

/* Sleeps until the next interrupt; not at all when there was input since machine_has_input(). */
void machine_idle(void);

/* Local time in seconds since 1904. */
u32 machine_time(void);

void machine_mouse(int *x, int *y);

/* Whether the mouse has moved since machine_mouse(), or a key or button changed since machine_next_event(). */
bool machine_has_input(void);

typedef enum { EVENT_NONE, EVENT_KEY_DOWN, EVENT_KEY_UP, EVENT_MOUSE_DOWN, EVENT_MOUSE_UP } EventKind;

typedef struct {
    EventKind kind;
    u8 key; /* ADB key code */
    int x, y;
} Event;

/* The next key or button change, in the order they happened. */
bool machine_next_event(Event *event);

/* The power key was pressed: somebody wants the machine to be switched off. */
bool machine_power_pressed(void);

/* Switches the machine off. */
void machine_power_off(void) __attribute__((noreturn));

#endif
