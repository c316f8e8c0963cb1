/* Start and main loop: one pass per tick of 1/60 s, and one at once when there is input. */
#include "about.h"
#include "desktop.h"
#include "draw.h"
#include "font.h"
#include "indicators.h"
#include "keyboard.h"
#include "machine.h"
#include "menus.h"
#include "notepad.h"
#include "paint.h"
#include "piano.h"
#include "shapes.h"
#include "synth.h"

static void handle_key(u8 key) {
    indicators_key(key);
    char character = keyboard_character(key);
    switch (key) {
        case KEY_RETURN:
        case KEY_ENTER:
            character = '\n';
            break;
        case KEY_BACKSPACE:
            character = '\b';
            break;
        case KEY_TAB:
            for (int i = 0; i < 4; i++) {
                notepad_type(' ');
            }
            break;
        default:
            break;
    }
    if (character != 0) {
        notepad_type(character);
    }
    synth_play(key % SYNTH_NOTES);
}

static void handle_events(void) {
    Event event;
    while (machine_next_event(&event)) {
        switch (event.kind) {
            case EVENT_KEY_DOWN:
                keyboard_track(event.key, true);
                handle_key(event.key);
                break;
            case EVENT_KEY_UP:
                keyboard_track(event.key, false);
                break;
            case EVENT_MOUSE_DOWN:
                desktop_press(event.x, event.y);
                break;
            case EVENT_MOUSE_UP:
                desktop_release(event.x, event.y);
                break;
            case EVENT_NONE:
                break;
        }
    }
}

/* Frames drawn within the last second, renewed every second. */
static u32 measure_rate(u32 tick) {
    static u32 counted, since, rate;
    counted++;
    if (tick - since >= 60) {
        rate = counted * 60 / (tick - since);
        counted = 0;
        since = tick;
    }
    return rate;
}

void demo_main(void) {
    Screen screen;
    machine_start(&screen);
    font_start();
    draw_start(&screen);
    menus_start();
    paint_start();
    piano_start();
    shapes_start();
    notepad_start();
    about_start();
    machine_start_sound();
    desktop_invalidate(draw_screen());

    u32 last_tick = 0, frame = 0;
    for (;;) {
        u32 tick = machine_ticks();
        if (tick == last_tick && !machine_has_input()) {
            machine_idle();
            continue;
        }
        handle_events();
        int x, y;
        machine_mouse(&x, &y);
        desktop_point(x, y);
        if (tick != last_tick) {
            last_tick = tick;
            frame++;
            desktop_follow(frame);
            notepad_follow(frame);
            piano_follow(frame);
            shapes_follow(frame, measure_rate(tick));
        }
        desktop_paint();
        if (machine_power_pressed()) {
            about_shut_down();
        }
        if (about_is_time_to_go()) {
            machine_power_off();
        }
    }
}
