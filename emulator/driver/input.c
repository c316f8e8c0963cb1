#include "input.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "keymap.h"
#include "log.h"
#include "pace.h"
#include "video.h"

/* Mouse moves beyond this backlog are merged into the next one, so that keys never find SDL's queue full. */
#define MAX_PENDING_EVENTS 512
/* The most one call produces: every key and button released. */
#define OUTBOX (SDL_NUM_SCANCODES + 8)
#define DOUBLE_CLICK_US 500000u
#define DOUBLE_CLICK_PIXELS 4
/*
 * Emulators look at the button once per guest tick (1/60 s): a press and its release within one tick, as they arrive
 * after a pause in the network, would cancel out. So a button keeps each state for a little more than a tick. The
 * budget keeps a flood of clicks from holding up everything else.
 */
#define BUTTON_HOLD_US 20000u
#define HOLDS_PER_SECOND 12

static struct {
    pthread_mutex_t lock;
    Uint32 window;
    int x, y;
    int relative_x, relative_y; /* moved since the program polled last */
    int sent_x, sent_y;         /* position in the last motion event */
    double wheel_x, wheel_y;    /* fractions of a line not yet sent */
    Uint32 buttons;             /* SDL_BUTTON mask */
    Uint8 keys[SDL_NUM_SCANCODES];
    SDL_Keymod reported; /* modifiers the browser reported with the last key */
    bool caps;
    int click_button, click_x, click_y, clicks;
    uint64_t click_us;
    uint64_t button_changed_us[SDL_BUTTON_X2 + 1];
    uint64_t hold_second;
    int holds;
    bool traced;
    bool congested; /* the program has not fetched its events for a while */
    SDL_Event outbox[OUTBOX];
    int outgoing;
} input = {.lock = PTHREAD_MUTEX_INITIALIZER};

/*
 * Changes happen between begin() and end(), in the control thread only. Events leave after the lock is released: SDL
 * calls the program's event watchers while it queues an event, and those may ask for polled state.
 */
static void begin(void) {
    bool congested = SDL_PeepEvents(NULL, 0, SDL_PEEKEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) > MAX_PENDING_EVENTS;
    pthread_mutex_lock(&input.lock);
    input.congested = congested;
    input.outgoing = 0;
}

/* For measurements: when a button's change was queued for the program, and when the program fetched it. */
static void trace(const char *stage, const SDL_Event *event) {
    if (input.traced && (event->type == SDL_MOUSEBUTTONDOWN || event->type == SDL_MOUSEBUTTONUP)) {
        log_line("trace: button %s %s at %llu us", event->type == SDL_MOUSEBUTTONDOWN ? "down" : "up", stage,
                 (unsigned long long) monotonic_us());
    }
}

void input_trace(void) {
    input.traced = true;
}

void input_fetched(const SDL_Event *events, int count) {
    for (int i = 0; i < count; i++) {
        trace("fetched", &events[i]);
    }
}

static void end(void) {
    int outgoing = input.outgoing;
    pthread_mutex_unlock(&input.lock);
    for (int i = 0; i < outgoing; i++) {
        trace("queued", &input.outbox[i]);
        if (SDL_PushEvent(&input.outbox[i]) < 0) {
            log_line("input was lost: %s", SDL_GetError());
        }
    }
    if (outgoing > 0) {
        pace_input();
    }
}

static void push(const SDL_Event *event) {
    if (input.outgoing < OUTBOX) {
        input.outbox[input.outgoing++] = *event;
    }
}

void input_set_window(Uint32 window_id) {
    pthread_mutex_lock(&input.lock);
    input.window = window_id;
    pthread_mutex_unlock(&input.lock);
}

static int clamp(double value, int limit) {
    if (!(value > 0)) { /* also catches NaN */
        return 0;
    }
    return value >= limit ? (limit > 0 ? limit - 1 : 0) : (int) value;
}

/* Called with the lock held. */
static void send_motion(int dx, int dy) {
    if (input.window == 0 || input.congested) {
        return;
    }
    SDL_Event event = {0};
    event.type = SDL_MOUSEMOTION;
    event.motion.windowID = input.window;
    event.motion.state = input.buttons;
    event.motion.x = input.x;
    event.motion.y = input.y;
    event.motion.xrel = dx;
    event.motion.yrel = dy;
    push(&event);
    input.sent_x = input.x;
    input.sent_y = input.y;
}

void input_mouse_to(double x, double y) {
    int width, height;
    video_frame_size(&width, &height);
    begin();
    int new_x = clamp(x, width), new_y = clamp(y, height);
    input.relative_x += new_x - input.x;
    input.relative_y += new_y - input.y;
    input.x = new_x;
    input.y = new_y;
    if (new_x != input.sent_x || new_y != input.sent_y) {
        send_motion(new_x - input.sent_x, new_y - input.sent_y);
    }
    end();
}

void input_mouse_by(double dx, double dy) {
    int width, height;
    video_frame_size(&width, &height);
    begin();
    int step_x = (int) fmax(-10000, fmin(10000, dx)), step_y = (int) fmax(-10000, fmin(10000, dy));
    input.relative_x += step_x;
    input.relative_y += step_y;
    input.x = clamp((double) input.x + step_x, width);
    input.y = clamp((double) input.y + step_y, height);
    if (step_x != 0 || step_y != 0) {
        send_motion(step_x, step_y);
    }
    end();
}

static int count_clicks(int button) {
    uint64_t now = monotonic_us();
    bool again = button == input.click_button && now - input.click_us <= DOUBLE_CLICK_US
            && abs(input.x - input.click_x) <= DOUBLE_CLICK_PIXELS
            && abs(input.y - input.click_y) <= DOUBLE_CLICK_PIXELS;
    input.clicks = again ? input.clicks + 1 : 1;
    input.click_button = button;
    input.click_x = input.x;
    input.click_y = input.y;
    input.click_us = now;
    return input.clicks;
}

/* Called with the lock held. */
static void send_button(int sdl_button, bool pressed) {
    Uint32 mask = SDL_BUTTON(sdl_button);
    if (((input.buttons & mask) != 0) == pressed || input.window == 0) {
        return;
    }
    SDL_Event event = {0};
    event.type = pressed ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
    event.button.windowID = input.window;
    event.button.button = (Uint8) sdl_button;
    event.button.state = pressed ? SDL_PRESSED : SDL_RELEASED;
    event.button.clicks = (Uint8) (pressed ? count_clicks(sdl_button) : input.clicks);
    event.button.x = input.x;
    event.button.y = input.y;
    if (pressed) {
        input.buttons |= mask;
    } else {
        input.buttons &= ~mask;
    }
    push(&event);
}

/* Called by the control thread only, without the lock. */
static void hold_button(int sdl_button) {
    uint64_t now = monotonic_us(), since = now - input.button_changed_us[sdl_button];
    if (now - input.hold_second >= 1000000u) {
        input.hold_second = now;
        input.holds = 0;
    }
    if (since < BUTTON_HOLD_US && input.holds < HOLDS_PER_SECOND) {
        input.holds++;
        usleep((useconds_t) (BUTTON_HOLD_US - since));
    }
    input.button_changed_us[sdl_button] = monotonic_us();
}

void input_mouse_button(int button, bool pressed) {
    static const int sdl_buttons[] = {SDL_BUTTON_LEFT, SDL_BUTTON_MIDDLE, SDL_BUTTON_RIGHT, SDL_BUTTON_X1,
                                      SDL_BUTTON_X2};
    hold_button(sdl_buttons[button]);
    begin();
    if (input.x != input.sent_x || input.y != input.sent_y) {
        send_motion(input.x - input.sent_x, input.y - input.sent_y);
    }
    send_button(sdl_buttons[button], pressed);
    end();
}

void input_mouse_wheel(double dx, double dy) {
    begin();
    input.wheel_x += fmax(-100, fmin(100, dx));
    input.wheel_y -= fmax(-100, fmin(100, dy)); /* SDL's positive direction is away from the user */
    int lines_x = (int) input.wheel_x, lines_y = (int) input.wheel_y;
    if ((lines_x != 0 || lines_y != 0) && input.window != 0) {
        input.wheel_x -= lines_x;
        input.wheel_y -= lines_y;
        SDL_Event event = {0};
        event.type = SDL_MOUSEWHEEL;
        event.wheel.windowID = input.window;
        event.wheel.x = lines_x;
        event.wheel.y = lines_y;
        event.wheel.preciseX = (float) lines_x;
        event.wheel.preciseY = (float) lines_y;
        event.wheel.direction = SDL_MOUSEWHEEL_NORMAL;
        event.wheel.mouseX = input.x;
        event.wheel.mouseY = input.y;
        push(&event);
    }
    end();
}

/* The modifiers of the keys that are down, the lock state, and what the browser reported. */
static SDL_Keymod modifiers_now(void) {
    static const struct {
        SDL_Scancode key;
        SDL_Keymod bit;
    } keys[] = {
        {SDL_SCANCODE_LSHIFT, KMOD_LSHIFT}, {SDL_SCANCODE_RSHIFT, KMOD_RSHIFT}, {SDL_SCANCODE_LCTRL, KMOD_LCTRL},
        {SDL_SCANCODE_RCTRL, KMOD_RCTRL},   {SDL_SCANCODE_LALT, KMOD_LALT},     {SDL_SCANCODE_RALT, KMOD_RALT},
        {SDL_SCANCODE_LGUI, KMOD_LGUI},     {SDL_SCANCODE_RGUI, KMOD_RGUI},
    };
    int modifiers = input.reported | (input.caps ? KMOD_CAPS : 0);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (input.keys[keys[i].key]) {
            modifiers |= keys[i].bit;
        }
    }
    return (SDL_Keymod) modifiers;
}

/* A modifier's own key says which side is down; the reported flag stands in only when neither side is. */
static SDL_Keymod reported_modifiers(struct input_modifiers modifiers) {
    const Uint8 *keys = input.keys;
    int reported = 0;
    if (modifiers.ctrl && !keys[SDL_SCANCODE_LCTRL] && !keys[SDL_SCANCODE_RCTRL]) {
        reported |= KMOD_LCTRL;
    }
    if (modifiers.alt && !keys[SDL_SCANCODE_LALT] && !keys[SDL_SCANCODE_RALT]) {
        reported |= KMOD_LALT;
    }
    if (modifiers.shift && !keys[SDL_SCANCODE_LSHIFT] && !keys[SDL_SCANCODE_RSHIFT]) {
        reported |= KMOD_LSHIFT;
    }
    if (modifiers.meta && !keys[SDL_SCANCODE_LGUI] && !keys[SDL_SCANCODE_RGUI]) {
        reported |= KMOD_LGUI;
    }
    return (SDL_Keymod) reported;
}

static void send_text(SDL_Scancode scancode, SDL_Keymod modifiers) {
    if ((modifiers & (KMOD_CTRL | KMOD_ALT | KMOD_GUI)) != 0 || !SDL_IsTextInputActive()
            || SDL_GetEventState(SDL_TEXTINPUT) != SDL_ENABLE) {
        return;
    }
    char character = keymap_character(scancode, (modifiers & KMOD_SHIFT) != 0, (modifiers & KMOD_CAPS) != 0);
    if (character != 0) {
        SDL_Event event = {0};
        event.type = SDL_TEXTINPUT;
        event.text.windowID = input.window;
        event.text.text[0] = character;
        push(&event);
    }
}

/* Called with the lock held. */
static void send_key(SDL_Scancode scancode, bool pressed) {
    if ((input.keys[scancode] != 0) == pressed || input.window == 0) {
        return;
    }
    input.keys[scancode] = pressed;
    if (scancode == SDL_SCANCODE_CAPSLOCK) {
        /* A locking key, as on a Macintosh: each press changes it, and it is "down" while the light is on. */
        if (!pressed) {
            return;
        }
        input.caps = !input.caps;
        pressed = input.caps;
    }
    SDL_Keymod modifiers = modifiers_now();
    SDL_Event event = {0};
    event.type = pressed ? SDL_KEYDOWN : SDL_KEYUP;
    event.key.windowID = input.window;
    event.key.state = pressed ? SDL_PRESSED : SDL_RELEASED;
    event.key.keysym.scancode = scancode;
    event.key.keysym.sym = keymap_symbol(scancode);
    event.key.keysym.mod = (Uint16) modifiers;
    push(&event);
    if (pressed) {
        send_text(scancode, modifiers);
    }
}

bool input_key(int key_code, int location, bool pressed, struct input_modifiers modifiers) {
    SDL_Scancode scancode = keymap_scancode(key_code, location);
    if (scancode == SDL_SCANCODE_UNKNOWN) {
        return false;
    }
    begin();
    /* The flags of a modifier's own message describe the key that is just changing: its state is in `keys`. */
    bool is_modifier = scancode >= SDL_SCANCODE_LCTRL && scancode <= SDL_SCANCODE_RGUI;
    input.reported = is_modifier ? KMOD_NONE : reported_modifiers(modifiers);
    send_key(scancode, pressed);
    end();
    return true;
}

void input_release_all(void) {
    begin();
    input.reported = KMOD_NONE;
    for (int scancode = 0; scancode < SDL_NUM_SCANCODES; scancode++) {
        send_key((SDL_Scancode) scancode, false);
    }
    for (int button = SDL_BUTTON_LEFT; button <= SDL_BUTTON_X2; button++) {
        send_button(button, false);
    }
    end();
}

Uint32 input_mouse_state(int *x, int *y) {
    pthread_mutex_lock(&input.lock);
    if (x != NULL) {
        *x = input.x;
    }
    if (y != NULL) {
        *y = input.y;
    }
    Uint32 buttons = input.buttons;
    pthread_mutex_unlock(&input.lock);
    return buttons;
}

Uint32 input_take_relative_motion(int *dx, int *dy) {
    pthread_mutex_lock(&input.lock);
    if (dx != NULL) {
        *dx = input.relative_x;
    }
    if (dy != NULL) {
        *dy = input.relative_y;
    }
    input.relative_x = 0;
    input.relative_y = 0;
    Uint32 buttons = input.buttons;
    pthread_mutex_unlock(&input.lock);
    return buttons;
}

const Uint8 *input_keyboard_state(int *count) {
    if (count != NULL) {
        *count = SDL_NUM_SCANCODES;
    }
    return input.keys;
}

SDL_Keymod input_modifier_state(void) {
    pthread_mutex_lock(&input.lock);
    SDL_Keymod modifiers = modifiers_now();
    pthread_mutex_unlock(&input.lock);
    return modifiers;
}

void input_set_modifier_state(SDL_Keymod modifiers) {
    pthread_mutex_lock(&input.lock);
    input.caps = (modifiers & KMOD_CAPS) != 0;
    pthread_mutex_unlock(&input.lock);
}

void input_mouse_warped(int x, int y) {
    pthread_mutex_lock(&input.lock);
    input.x = x;
    input.y = y;
    input.sent_x = x;
    input.sent_y = y;
    pthread_mutex_unlock(&input.lock);
}
