#include "audio.h"

#include <SDL.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "shm.h"
#include "video.h"

#define REOPEN_INTERVAL_US 250000u
#define OUTPUT_CHANNELS 2
#define OUTPUT_FRAME 4u /* bytes of a stereo S16 sample frame */

static struct {
    pthread_mutex_t lock;
    const char *name;
    struct shm_segment segment;
    uint64_t next_open_us;
    int rate;
    SDL_AudioCVT conversion;
    uint8_t *buffer;  /* work area of the conversion, allocated when the format is set */
    size_t max_bytes; /* input bytes that fit into it */
    char last_complaint[256];
} audio = {.lock = PTHREAD_MUTEX_INITIALIZER, .segment = {.fd = -1}};

void audio_start(const char *segment_name) {
    audio.name = segment_name;
}

static void write_header(void) {
    struct macemu_audio *header = audio.segment.memory;
    header->sample_rate = (uint32_t) audio.rate;
    header->channels = OUTPUT_CHANNELS;
    header->format = MACEMU_AUDIO_FORMAT_S16LE;
    header->buffer_size = MACEMU_AUDIO_RING_SIZE;
    /* Whoever wrote before may have left a position inside a sample frame. */
    uint32_t position = atomic_load_explicit(&header->write_pos, memory_order_relaxed);
    atomic_store_explicit(&header->write_pos, position & ~(OUTPUT_FRAME - 1), memory_order_release);
}

/* Called with the lock held. */
static bool ensure_segment(void) {
    if (shm_is_current(&audio.segment)) {
        return true;
    }
    uint64_t now = monotonic_us();
    if (audio.name == NULL || now < audio.next_open_us) {
        return false;
    }
    audio.next_open_us = now + REOPEN_INTERVAL_US;
    struct shm_segment fresh;
    char error[256];
    if (shm_open_audio(audio.name, &fresh, error) != SHM_OK) {
        if (error[0] != '\0') {
            log_once(audio.last_complaint, "%s", error);
        }
        return false;
    }
    shm_close(&audio.segment);
    audio.segment = fresh;
    audio.last_complaint[0] = '\0';
    if (audio.rate > 0) {
        write_header();
    }
    log_line("audio segment %s: ring of %u bytes", audio.name, MACEMU_AUDIO_RING_SIZE);
    return true;
}

void audio_follow_segment(void) {
    pthread_mutex_lock(&audio.lock);
    ensure_segment();
    pthread_mutex_unlock(&audio.lock);
}

bool audio_set_format(const struct audio_format *format) {
    SDL_AudioCVT conversion;
    if (SDL_BuildAudioCVT(&conversion, format->sdl_format, format->channels, format->rate, AUDIO_S16LSB,
                          OUTPUT_CHANNELS, format->rate) < 0) {
        log_line("sound is not published: format 0x%04x with %u channels: %s", format->sdl_format, format->channels,
                 SDL_GetError());
        return false;
    }
    /* len_mult covers the largest intermediate result of the conversion. */
    size_t growth = conversion.needed ? (size_t) conversion.len_mult : 1;
    size_t max_bytes = format->max_bytes > 0 ? format->max_bytes : 4096;
    uint8_t *buffer = malloc(max_bytes * growth);
    if (buffer == NULL) {
        log_line("sound is not published: no memory for blocks of %zu bytes", max_bytes);
        return false;
    }
    pthread_mutex_lock(&audio.lock);
    free(audio.buffer);
    audio.buffer = buffer;
    audio.max_bytes = max_bytes;
    audio.conversion = conversion;
    audio.rate = format->rate;
    if (ensure_segment()) {
        write_header();
    }
    pthread_mutex_unlock(&audio.lock);
    log_line("sound %d Hz, format 0x%04x, %u channels, blocks of %zu bytes", format->rate, format->sdl_format,
             format->channels, max_bytes);
    return true;
}

static void write_ring(struct macemu_audio *header, const uint8_t *samples, size_t bytes) {
    uint32_t position = atomic_load_explicit(&header->write_pos, memory_order_relaxed) & ~(OUTPUT_FRAME - 1);
    size_t offset = position % MACEMU_AUDIO_RING_SIZE;
    size_t first = MACEMU_AUDIO_RING_SIZE - offset;
    if (first > bytes) {
        first = bytes;
    }
    memcpy(header->ring_buffer + offset, samples, first);
    memcpy(header->ring_buffer, samples + first, bytes - first);
    atomic_store_explicit(&header->write_pos, position + (uint32_t) bytes, memory_order_release);
}

void audio_publish(const void *samples, size_t bytes) {
    const uint8_t *input = samples;
    pthread_mutex_lock(&audio.lock);
    if (audio.buffer != NULL && ensure_segment()) {
        while (bytes > 0) {
            size_t piece = bytes < audio.max_bytes ? bytes : audio.max_bytes;
            size_t converted = piece;
            memcpy(audio.buffer, input, piece);
            if (audio.conversion.needed) {
                audio.conversion.buf = audio.buffer;
                audio.conversion.len = (int) piece;
                converted = SDL_ConvertAudio(&audio.conversion) == 0 ? (size_t) audio.conversion.len_cvt : 0;
            }
            converted -= converted % OUTPUT_FRAME;
            /* Half a ring at most per step, so that a reader never sees more than that change at once. */
            for (size_t done = 0; done < converted;) {
                size_t step = converted - done;
                if (step > MACEMU_AUDIO_RING_SIZE / 2) {
                    step = MACEMU_AUDIO_RING_SIZE / 2;
                }
                write_ring(audio.segment.memory, audio.buffer + done, step);
                done += step;
            }
            input += piece;
            bytes -= piece;
        }
    }
    pthread_mutex_unlock(&audio.lock);
}
