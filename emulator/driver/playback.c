#include "playback.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audio.h"
#include "log.h"
#include "video.h"

/*
 * Up to this a delay is made up for, later the pace starts afresh: a reader's buffer is of this order, so after a
 * longer gap it has run dry, and what would then come in excess would only delay everything that follows.
 */
#define MAX_LATE_US 100000u

/* Blocks in a row that make up for a delay: an emulator takes up to a guest tick for each. */
#define MAX_EXTRA_BLOCKS 4

static struct {
    bool in_use;
    SDL_AudioDeviceID device;
    SDL_AudioCallback callback;
    void *argument;
    bool paced; /* by this file: the device is SDL's dummy */
    bool published;
    Uint32 bytes_per_second;
    Uint8 silence;
    uint64_t due_us; /* when the next block begins to play */
    Uint8 *extra;    /* a block that only the reader hears */
    Uint32 extra_bytes;
} playback;

static void sleep_until(uint64_t moment_us) {
    struct timespec moment = {.tv_sec = (time_t) (moment_us / 1000000u),
                              .tv_nsec = (long) (moment_us % 1000000u) * 1000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL);
}

static void produce(Uint8 *stream, int bytes) {
    playback.callback(playback.argument, stream, bytes);
    if (playback.published) {
        audio_publish(stream, (size_t) bytes);
    }
}

static void wrapped_callback(void *unused, Uint8 *stream, int bytes) {
    (void) unused;
    if (!playback.paced || playback.bytes_per_second == 0 || bytes <= 0) {
        produce(stream, bytes);
        return;
    }
    uint64_t block_us = (uint64_t) bytes * 1000000u / playback.bytes_per_second;
    uint64_t now = monotonic_us();
    if (now > playback.due_us + MAX_LATE_US || playback.due_us > now + block_us) {
        playback.due_us = now;
    }
    if (playback.due_us > now) {
        sleep_until(playback.due_us);
        now = playback.due_us;
    }
    produce(stream, bytes);
    playback.due_us += block_us;
    bool can_repeat = playback.extra != NULL && (Uint32) bytes <= playback.extra_bytes;
    for (int i = 0; can_repeat && i < MAX_EXTRA_BLOCKS && monotonic_us() >= playback.due_us; i++) {
        memset(playback.extra, playback.silence, (size_t) bytes);
        produce(playback.extra, bytes);
        playback.due_us += block_us;
    }
}

bool playback_wrap(SDL_AudioSpec *spec) {
    if (playback.in_use) {
        return false;
    }
    playback.in_use = true;
    playback.device = 0;
    playback.published = false;
    playback.callback = spec->callback;
    playback.argument = spec->userdata;
    if (spec->callback != NULL) {
        spec->callback = wrapped_callback;
        spec->userdata = NULL;
    }
    return true;
}

void playback_opened(SDL_AudioDeviceID device, const SDL_AudioSpec *spec) {
    const char *driver = SDL_GetCurrentAudioDriver();
    Uint32 frame_bytes = (Uint32) SDL_AUDIO_BITSIZE(spec->format) / 8u * spec->channels;
    struct audio_format format = {.sdl_format = spec->format, .channels = spec->channels, .rate = spec->freq,
                                  .max_bytes = (size_t) spec->samples * frame_bytes};
    free(playback.extra);
    playback.device = device;
    playback.bytes_per_second = frame_bytes * (Uint32) spec->freq;
    playback.silence = spec->silence;
    playback.extra_bytes = (Uint32) format.max_bytes;
    playback.extra = malloc(format.max_bytes);
    playback.paced = driver != NULL && strcmp(driver, "dummy") == 0;
    playback.due_us = 0;
    playback.published = audio_set_format(&format); /* the device starts paused: no callback runs yet */
}

void playback_closed(SDL_AudioDeviceID device) {
    if (playback.in_use && playback.device == device) {
        playback.in_use = false;
        playback.published = false;
        playback.device = 0;
    }
}

void playback_queued(SDL_AudioDeviceID device, const void *samples, Uint32 bytes) {
    if (playback.published && playback.device == device && playback.callback == NULL) {
        audio_publish(samples, bytes);
    }
}

void playback_unwrap(SDL_AudioSpec *spec) {
    spec->callback = playback.callback;
    spec->userdata = playback.argument;
}
