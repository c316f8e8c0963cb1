/*
 * The program's sound device: wraps its audio callback so that every block is published, at the pace of the clock.
 *
 * SDL's dummy device sleeps whole milliseconds per block and ignores the time a callback takes, so it runs up to 5 %
 * too fast or too slow. Nobody listens to it; the pace of the wrapped callback is therefore made here: it waits when
 * the device is early and takes more blocks when it is late.
 */
#ifndef MACEMU_PLAYBACK_H
#define MACEMU_PLAYBACK_H

#include <SDL.h>
#include <stdbool.h>

/* Replaces the callback in `spec` by the wrapper. False when another device is published already. */
bool playback_wrap(SDL_AudioSpec *spec);

/* The device is open with this format (what the program's callback is asked for) and this id. */
void playback_opened(SDL_AudioDeviceID device, const SDL_AudioSpec *spec);

/* The device was closed, or could not be opened. */
void playback_closed(SDL_AudioDeviceID device);

/* Publishes samples that the program queues instead of having a callback. */
void playback_queued(SDL_AudioDeviceID device, const void *samples, Uint32 bytes);

/* The program's own callback and its argument, to be shown to the program. */
void playback_unwrap(SDL_AudioSpec *spec);

#endif
