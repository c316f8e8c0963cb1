/*
 * The SDL 2 functions the driver stands in front of. The dynamic loader resolves a program's calls to these first
 * (LD_PRELOAD); each does its part and passes on to the real SDL.
 *
 * The driver comes to life in the process that initialises SDL's video, and in no other: loading it into a shell or
 * any other program changes nothing.
 */
#include <SDL.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "audio.h"
#include "control.h"
#include "frame_grabber.h"
#include "input.h"
#include "ipc_protocol.h"
#include "log.h"
#include "pace.h"
#include "playback.h"
#include "program.h"
#include "video.h"

#define EXPORT __attribute__((visibility("default")))

/* The function of this name in the library after this one, looked up once. */
#define REAL(function)                                                                                                 \
    ({                                                                                                                 \
        static __typeof__(&function) real;                                                                             \
        if (real == NULL) {                                                                                            \
            real = (__typeof__(&function)) find_real(#function);                                                       \
        }                                                                                                              \
        real;                                                                                                          \
    })

static void *find_real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL) {
        log_line("SDL has no function %s: this SDL 2 is too old or not SDL 2", name);
        _exit(1);
    }
    return function;
}

static SDL_Window *published_window;
static bool relative_mouse;
static int desktop_width = 1920, desktop_height = 1080;

static const char *environment(const char *name, const char *fallback) {
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : fallback;
}

__attribute__((constructor)) static void loaded(void) {
    program_check_sdl();
}

static void start(void) {
    const char *desktop = getenv("MACEMU_DESKTOP_SIZE");
    int width, height;
    if (desktop != NULL && sscanf(desktop, "%dx%d", &width, &height) == 2 && width > 0 && height > 0
            && width <= 16384 && height <= 16384) {
        desktop_width = width;
        desktop_height = height;
    }
    if (getenv("MACEMU_TRACE_INPUT") != NULL) {
        input_trace();
    }
    /* Copied: a program may change its environment while other threads read these. */
    video_start(strdup(environment(MACEMU_ENV_VIDEO_SHM, MACEMU_DEFAULT_VIDEO_SHM)));
    audio_start(strdup(environment(MACEMU_ENV_AUDIO_SHM, MACEMU_DEFAULT_AUDIO_SHM)));
    frame_grabber_start((struct frame_grabber_sdl){.get_window_surface = REAL(SDL_GetWindowSurface)});
    program_leave_children_alone();
    setvbuf(stdout, NULL, _IOLBF, 0); /* the program's words in a pipe: as they come, not when it ends */
    SDL_version version;
    SDL_GetVersion(&version);
    log_line("SDL %u.%u.%u, video driver %s", version.major, version.minor, version.patch,
             environment("SDL_VIDEODRIVER", "of its choice"));
    control_start();
}

static void ensure_started(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

/* ---- start ---- */

/* Neither a display nor a sound card is needed; who wants one says so in the environment. */
static void choose_devices(void) {
    setenv("SDL_VIDEODRIVER", "dummy", 0);
    setenv("SDL_AUDIODRIVER", "dummy", 0);
}

EXPORT int SDL_Init(Uint32 flags) {
    choose_devices();
    if (flags & SDL_INIT_VIDEO) {
        ensure_started();
    }
    return REAL(SDL_Init)(flags);
}

EXPORT int SDL_InitSubSystem(Uint32 flags) {
    choose_devices();
    if (flags & SDL_INIT_VIDEO) {
        ensure_started();
    }
    return REAL(SDL_InitSubSystem)(flags);
}

EXPORT int SDL_VideoInit(const char *driver_name) {
    choose_devices();
    ensure_started();
    return REAL(SDL_VideoInit)(driver_name);
}

/* ---- windows: always in a window of the size asked for, always in front ---- */

static void send_window_event(Uint32 window_id, Uint8 kind) {
    SDL_Event event = {0};
    event.type = SDL_WINDOWEVENT;
    event.window.windowID = window_id;
    event.window.event = kind;
    SDL_PushEvent(&event);
}

static void adopt_window(SDL_Window *window) {
    if (window != NULL && window != published_window) {
        published_window = window;
        Uint32 window_id = SDL_GetWindowID(window);
        input_set_window(window_id);
        /* Without a window manager nobody else gives it the keyboard. */
        send_window_event(window_id, SDL_WINDOWEVENT_ENTER);
        send_window_event(window_id, SDL_WINDOWEVENT_FOCUS_GAINED);
    }
}

EXPORT SDL_Window *SDL_CreateWindow(const char *title, int x, int y, int width, int height, Uint32 flags) {
    ensure_started();
    flags &= ~(Uint32) (SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_HIDDEN | SDL_WINDOW_MINIMIZED
                        | SDL_WINDOW_ALLOW_HIGHDPI);
    SDL_Window *window = REAL(SDL_CreateWindow)(title, x, y, width, height, flags);
    if (window == NULL) {
        log_line("no window of %dx%d: %s", width, height, SDL_GetError());
    }
    adopt_window(window);
    return window;
}

EXPORT int SDL_CreateWindowAndRenderer(int width, int height, Uint32 flags, SDL_Window **window,
                                       SDL_Renderer **renderer) {
    *window = SDL_CreateWindow(NULL, SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, width, height, flags);
    *renderer = *window != NULL ? SDL_CreateRenderer(*window, -1, 0) : NULL;
    return *renderer != NULL ? 0 : -1;
}

EXPORT void SDL_DestroyWindow(SDL_Window *window) {
    if (window != NULL && window == published_window) {
        published_window = NULL;
        input_set_window(0);
    }
    REAL(SDL_DestroyWindow)(window);
}

EXPORT int SDL_SetWindowFullscreen(SDL_Window *window, Uint32 flags) {
    (void) window;
    (void) flags;
    return 0;
}

EXPORT Uint32 SDL_GetWindowFlags(SDL_Window *window) {
    Uint32 flags = REAL(SDL_GetWindowFlags)(window);
    if (window == published_window) {
        flags |= SDL_WINDOW_SHOWN | SDL_WINDOW_INPUT_FOCUS | SDL_WINDOW_MOUSE_FOCUS;
    }
    return flags;
}

EXPORT SDL_Window *SDL_GetKeyboardFocus(void) {
    return published_window;
}

EXPORT SDL_Window *SDL_GetMouseFocus(void) {
    return published_window;
}

/* ---- the desktop: SDL's dummy one is 1024x768, and programs limit their windows to it ---- */

EXPORT int SDL_GetDesktopDisplayMode(int display, SDL_DisplayMode *mode) {
    int result = REAL(SDL_GetDesktopDisplayMode)(display, mode);
    if (result == 0) {
        mode->w = desktop_width;
        mode->h = desktop_height;
    }
    return result;
}

EXPORT int SDL_GetCurrentDisplayMode(int display, SDL_DisplayMode *mode) {
    int result = REAL(SDL_GetCurrentDisplayMode)(display, mode);
    if (result == 0) {
        mode->w = desktop_width;
        mode->h = desktop_height;
    }
    return result;
}

EXPORT int SDL_GetDisplayBounds(int display, SDL_Rect *bounds) {
    int result = REAL(SDL_GetDisplayBounds)(display, bounds);
    if (result == 0) {
        *bounds = (SDL_Rect){0, 0, desktop_width, desktop_height};
    }
    return result;
}

EXPORT int SDL_GetDisplayUsableBounds(int display, SDL_Rect *bounds) {
    int result = REAL(SDL_GetDisplayUsableBounds)(display, bounds);
    if (result == 0) {
        *bounds = (SDL_Rect){0, 0, desktop_width, desktop_height};
    }
    return result;
}

/* ---- pictures ---- */

EXPORT void SDL_RenderPresent(SDL_Renderer *renderer) {
    SDL_Window *window = SDL_RenderGetWindow(renderer);
    if (published_window == NULL) {
        adopt_window(window);
    }
    if (window != NULL && window == published_window) {
        frame_grabber_take_renderer(renderer);
    }
    REAL(SDL_RenderPresent)(renderer);
}

static void take_window_surface(SDL_Window *window) {
    if (published_window == NULL) {
        adopt_window(window);
    }
    if (window != NULL && window == published_window) {
        frame_grabber_take_surface(REAL(SDL_GetWindowSurface)(window));
    }
}

EXPORT SDL_Surface *SDL_GetWindowSurface(SDL_Window *window) {
    return REAL(SDL_GetWindowSurface)(window);
}

EXPORT int SDL_UpdateWindowSurface(SDL_Window *window) {
    take_window_surface(window);
    return REAL(SDL_UpdateWindowSurface)(window);
}

EXPORT int SDL_UpdateWindowSurfaceRects(SDL_Window *window, const SDL_Rect *rectangles, int count) {
    take_window_surface(window);
    return REAL(SDL_UpdateWindowSurfaceRects)(window, rectangles, count);
}

EXPORT void SDL_GL_SwapWindow(SDL_Window *window) {
    static char memory[256];
    log_once(memory, "this program draws with OpenGL, which the driver does not read: choose its software renderer");
    REAL(SDL_GL_SwapWindow)(window);
}

/* ---- when a program looks at events and picture ---- */

EXPORT void SDL_PumpEvents(void) {
    pace_tick();
    REAL(SDL_PumpEvents)();
}

EXPORT int SDL_PeepEvents(SDL_Event *events, int count, SDL_eventaction action, Uint32 first, Uint32 last) {
    if (action == SDL_GETEVENT) {
        pace_fetch();
    }
    int found = REAL(SDL_PeepEvents)(events, count, action, first, last);
    if (action == SDL_GETEVENT) {
        input_fetched(events, found);
    }
    return found;
}

/* The sleep of programs that have no other: without a descriptor to wait for. */
EXPORT int select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional, struct timeval *timeout) {
    if (count == 0 && timeout != NULL && timeout->tv_sec >= 0 && timeout->tv_usec >= 0
            && pace_sleep((uint64_t) timeout->tv_sec * 1000000u + (uint64_t) timeout->tv_usec)) {
        *timeout = (struct timeval){0};
        return 0;
    }
    return REAL(select)(count, readable, writable, exceptional, timeout);
}

/* ---- sound ---- */

/*
 * Programs ask for blocks as long as 93 ms, out of respect for slow sound cards; here that is only delay. 23 ms at
 * 44.1 kHz leave room for a busy machine: each block needs two threads of the emulator to get their turn.
 */
#define MAX_BLOCK_SAMPLES 1024

static void shorten_block(SDL_AudioSpec *spec) {
    if (spec->samples > MAX_BLOCK_SAMPLES) {
        spec->samples = MAX_BLOCK_SAMPLES;
    }
}

EXPORT int SDL_OpenAudio(SDL_AudioSpec *desired, SDL_AudioSpec *obtained) {
    SDL_AudioSpec spec = *desired;
    if (!playback_wrap(&spec)) {
        return REAL(SDL_OpenAudio)(desired, obtained);
    }
    shorten_block(&spec);
    int result = REAL(SDL_OpenAudio)(&spec, obtained);
    if (result != 0) {
        playback_closed(0);
        return result;
    }
    desired->samples = spec.samples;
    desired->size = spec.size;
    desired->silence = spec.silence;
    if (obtained != NULL) {
        playback_unwrap(obtained);
    }
    playback_opened(1, obtained != NULL ? obtained : &spec); /* the id that SDL_OpenAudio() stands for */
    return result;
}

EXPORT SDL_AudioDeviceID SDL_OpenAudioDevice(const char *name, int capture, const SDL_AudioSpec *desired,
                                             SDL_AudioSpec *obtained, int allowed_changes) {
    SDL_AudioSpec spec = *desired, result;
    if (capture != 0 || !playback_wrap(&spec)) {
        return REAL(SDL_OpenAudioDevice)(name, capture, desired, obtained, allowed_changes);
    }
    if (obtained != NULL) { /* the program will look at the size it got */
        shorten_block(&spec);
    }
    SDL_AudioDeviceID device = REAL(SDL_OpenAudioDevice)(name, capture, &spec, &result, allowed_changes);
    if (device == 0) {
        playback_closed(0);
        return 0;
    }
    playback_opened(device, &result);
    if (obtained != NULL) {
        *obtained = result;
        playback_unwrap(obtained);
    }
    return device;
}

EXPORT int SDL_QueueAudio(SDL_AudioDeviceID device, const void *samples, Uint32 bytes) {
    playback_queued(device, samples, bytes);
    return REAL(SDL_QueueAudio)(device, samples, bytes);
}

EXPORT void SDL_CloseAudio(void) {
    REAL(SDL_CloseAudio)();
    playback_closed(1);
}

EXPORT void SDL_CloseAudioDevice(SDL_AudioDeviceID device) {
    REAL(SDL_CloseAudioDevice)(device);
    playback_closed(device);
}

/* ---- polled input ---- */

EXPORT Uint32 SDL_GetMouseState(int *x, int *y) {
    return input_mouse_state(x, y);
}

EXPORT Uint32 SDL_GetGlobalMouseState(int *x, int *y) {
    return input_mouse_state(x, y);
}

EXPORT Uint32 SDL_GetRelativeMouseState(int *x, int *y) {
    return input_take_relative_motion(x, y);
}

EXPORT int SDL_SetRelativeMouseMode(SDL_bool enabled) {
    relative_mouse = enabled == SDL_TRUE;
    return 0;
}

EXPORT SDL_bool SDL_GetRelativeMouseMode(void) {
    return relative_mouse ? SDL_TRUE : SDL_FALSE;
}

EXPORT void SDL_WarpMouseInWindow(SDL_Window *window, int x, int y) {
    (void) window;
    input_mouse_warped(x, y);
}

EXPORT int SDL_WarpMouseGlobal(int x, int y) {
    input_mouse_warped(x, y);
    return 0;
}

EXPORT const Uint8 *SDL_GetKeyboardState(int *count) {
    return input_keyboard_state(count);
}

EXPORT SDL_Keymod SDL_GetModState(void) {
    return input_modifier_state();
}

EXPORT void SDL_SetModState(SDL_Keymod modifiers) {
    input_set_modifier_state(modifiers);
}
