/* Writes segments as the other emulators do, for Java to read. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <string.h>

#include "dialects.h"
#include "mapping.h"

#define WIDTH 61
#define HEIGHT 47

static void first_coded_video(const char *path, int bgra) {
    struct FirstCodedVideo *video = map_file(path, sizeof *video, 1);
    video->magic = 0x4D454D55;
    video->version = 1;
    video->width = WIDTH;
    video->height = HEIGHT;
    video->stride = 256;
    video->format = (uint32_t) bgra;
    draw_test_picture(video->frames[2], WIDTH, HEIGHT, 256, bgra ? ORDER_BGRA : ORDER_RGBA);
    atomic_store(&video->read_index, 1);
    atomic_store(&video->frame_count, 0x0000000500000002);
    atomic_store(&video->timestamp_us, 0x0102030405060708);
    atomic_store(&video->write_index, 2);
}

static void first_coded_audio(const char *path) {
    struct FirstCodedAudio *audio = map_file(path, sizeof *audio, 1);
    audio->magic = 0x4D415544;
    audio->version = 1;
    audio->sample_rate = 22050;
    audio->channels = 1;
    audio->buffer_size = sizeof audio->ring_buffer;
    for (size_t i = 0; i < sizeof audio->ring_buffer; i++) {
        audio->ring_buffer[i] = (uint8_t) (i * 7 + (i >> 8));
    }
    atomic_store(&audio->sample_count, 0xFFFFFFFFFFFFFFFF);
    atomic_store(&audio->read_pos, 0x00010004);
    atomic_store(&audio->write_pos, 0xFFFFFFF0);
}

static void v4(const char *path, int bgra) {
    struct V4Segment *segment = map_file(path, sizeof *segment, 1);
    segment->magic = 0x4D454D34;
    segment->version = 4;
    segment->pid = 4711;
    segment->state = 1;
    segment->width = WIDTH;
    segment->height = HEIGHT;
    segment->pixel_format = (uint32_t) bgra;
    draw_test_picture(segment->frames[1], WIDTH, HEIGHT, V4_ROW, bgra ? ORDER_BGRA : ORDER_ARGB);
    atomic_store(&segment->timestamp_us, 0x0102030405060708);
    atomic_store(&segment->ready_index, 1);
    atomic_store(&segment->write_index, 2);
    atomic_store(&segment->frame_count, 0x0000000500000002);
    segment->audio_sample_rate = 44100;
    segment->audio_channels = 2;
    segment->audio_format = 1;
    for (unsigned f = 0; f < V4_SOUND_FRAMES; f++) {
        struct V4Sound *sound = &segment->sound[f];
        sound->sample_rate = 22050 + f;
        sound->channels = 1 + f % 2;
        sound->samples = 441 + f;
        sound->format = 1;
        sound->timestamp_us = 1000 + f;
        for (size_t i = 0; i < sizeof sound->data; i++) {
            sound->data[i] = (uint8_t) (f * 85 + i * 7);
        }
    }
    atomic_store(&segment->audio_read_index, 2);
    atomic_store(&segment->audio_write_index, 1);
}

int main(int argc, char **argv) {
    const char *what = argc == 3 ? argv[1] : "";
    if (strcmp(what, "first-coded-rgba") == 0) {
        first_coded_video(argv[2], 0);
    } else if (strcmp(what, "first-coded-bgra") == 0) {
        first_coded_video(argv[2], 1);
    } else if (strcmp(what, "first-coded-audio") == 0) {
        first_coded_audio(argv[2]);
    } else if (strcmp(what, "v4-argb") == 0) {
        v4(argv[2], 0);
    } else if (strcmp(what, "v4-bgra") == 0) {
        v4(argv[2], 1);
    } else {
        fprintf(stderr, "usage: dialects first-coded-rgba|first-coded-bgra|first-coded-audio|v4-argb|v4-bgra FILE\n");
        return 2;
    }
    return 0;
}
