/*
 * Publishes sound in the audio segment's ring, as S16LE stereo at the program's own rate. Called from the program's
 * audio thread; never blocks on the reader: a reader that is too slow is overtaken, by whole sample frames.
 */
#ifndef MACEMU_AUDIO_H
#define MACEMU_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SDL_AudioFormat values are numbers of the SDL ABI; this header needs no SDL. */
struct audio_format {
    uint16_t sdl_format;
    uint8_t channels;
    int rate;
    size_t max_bytes; /* largest block handed to audio_publish() at once */
};

void audio_start(const char *segment_name);

/* Opens the segment, or its successor when the server has replaced it. Called now and then by the control thread. */
void audio_follow_segment(void);

/* Prepares the conversion for what follows. False when SDL cannot convert this format; then nothing is published. */
bool audio_set_format(const struct audio_format *format);

/* Publishes one block in the format set. Blocks longer than max_bytes are taken in pieces. */
void audio_publish(const void *samples, size_t bytes);

#endif
