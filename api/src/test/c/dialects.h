/*
 * The segments of the other emulators, for C. The fields are those of their drivers; the offsets are checked against
 * the numbers that the layouts in Java have.
 */
#ifndef DIALECTS_H
#define DIALECTS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define FIRST_CODED_FRAME (3840 * 2160 * 4)

/* Version 1 as first coded. */
struct FirstCodedVideo {
    uint32_t magic;   /* 0x4D454D55 "MEMU" */
    uint32_t version; /* 1 */
    uint32_t width;
    uint32_t height;
    uint32_t stride;
    uint32_t format; /* 0 RGBA, 1 BGRA */
    uint32_t reserved[2];
    atomic_uint write_index;
    atomic_uint read_index;
    atomic_ullong frame_count;
    atomic_ullong timestamp_us;
    uint8_t frames[3][FIRST_CODED_FRAME];
};

struct FirstCodedAudio {
    uint32_t magic;   /* 0x4D415544 "MAUD" */
    uint32_t version; /* 1 */
    uint32_t sample_rate;
    uint32_t channels;
    uint32_t format;
    uint32_t buffer_size;
    uint32_t reserved[2];
    atomic_uint write_pos;
    atomic_uint read_pos;
    atomic_ullong sample_count;
    uint8_t ring_buffer[65536];
};

/* Version 4. */
#define V4_FRAME (1920 * 1080 * 4)
#define V4_ROW (1920 * 4)
#define V4_SOUND_FRAMES 3

struct V4Sound {
    uint32_t sample_rate;
    uint32_t channels;
    uint32_t samples; /* per channel */
    uint32_t format;  /* 0 none, 1 S16, big-endian */
    uint64_t timestamp_us;
    uint64_t reserved;
    uint8_t data[3840];
};

struct V4Segment {
    uint32_t magic;   /* 0x4D454D34 "MEM4" */
    uint32_t version; /* 4 */
    uint32_t pid;
    uint32_t state; /* 0 stopped, 1 running, 2 paused */
    uint32_t width;
    uint32_t height;
    uint32_t pixel_format; /* 0 bytes A,R,G,B; 1 bytes B,G,R,A */
    uint32_t reserved1;
    uint32_t dirty_x, dirty_y, dirty_width, dirty_height;
    uint16_t cursor_x, cursor_y;
    uint8_t cursor_visible;
    uint8_t reserved2[3];
    atomic_uint write_index; /* being written */
    atomic_uint ready_index; /* complete */
    atomic_ullong frame_count;
    atomic_ullong timestamp_us;
    uint32_t latency[2];
    uint64_t ping[4];
    uint32_t ping_sequence;
    int32_t frame_eventfd;
    uint32_t audio_sample_rate;
    uint32_t audio_channels;
    uint32_t audio_format;
    uint32_t reserved3[7];
    int32_t audio_eventfd;
    atomic_uint audio_write_index;
    atomic_uint audio_read_index;
    uint32_t reserved4;
    struct V4Sound sound[V4_SOUND_FRAMES];
    uint8_t reserved5[3876];
    uint8_t frames[3][V4_FRAME];
};

#define LIES_AT(structure, field, offset) \
    _Static_assert(offsetof(struct structure, field) == (offset), #structure "." #field)

LIES_AT(FirstCodedVideo, format, 20);
LIES_AT(FirstCodedVideo, write_index, 32);
LIES_AT(FirstCodedVideo, read_index, 36);
LIES_AT(FirstCodedVideo, frame_count, 40);
LIES_AT(FirstCodedVideo, timestamp_us, 48);
LIES_AT(FirstCodedVideo, frames, 56);
_Static_assert(sizeof(struct FirstCodedVideo) == 99532856, "the whole segment");

LIES_AT(FirstCodedAudio, write_pos, 32);
LIES_AT(FirstCodedAudio, read_pos, 36);
LIES_AT(FirstCodedAudio, sample_count, 40);
LIES_AT(FirstCodedAudio, ring_buffer, 48);
_Static_assert(sizeof(struct FirstCodedAudio) == 65584, "the whole segment");

LIES_AT(V4Segment, pid, 8);
LIES_AT(V4Segment, state, 12);
LIES_AT(V4Segment, width, 16);
LIES_AT(V4Segment, height, 20);
LIES_AT(V4Segment, pixel_format, 24);
LIES_AT(V4Segment, dirty_x, 32);
LIES_AT(V4Segment, cursor_x, 48);
LIES_AT(V4Segment, cursor_visible, 52);
LIES_AT(V4Segment, write_index, 56);
LIES_AT(V4Segment, ready_index, 60);
LIES_AT(V4Segment, frame_count, 64);
LIES_AT(V4Segment, timestamp_us, 72);
LIES_AT(V4Segment, ping_sequence, 120);
LIES_AT(V4Segment, frame_eventfd, 124);
LIES_AT(V4Segment, audio_sample_rate, 128);
LIES_AT(V4Segment, audio_channels, 132);
LIES_AT(V4Segment, audio_format, 136);
LIES_AT(V4Segment, audio_eventfd, 168);
LIES_AT(V4Segment, audio_write_index, 172);
LIES_AT(V4Segment, audio_read_index, 176);
LIES_AT(V4Segment, sound, 184);
LIES_AT(V4Sound, timestamp_us, 16);
LIES_AT(V4Sound, data, 32);
_Static_assert(sizeof(struct V4Sound) == 3872, "a frame of sound");
LIES_AT(V4Segment, frames, 15676);
_Static_assert(sizeof(struct V4Segment) == 24898880, "the whole segment");

/* The colour of a pixel of the test picture, told apart in each of its parts. */
static inline void test_colour(int x, int y, uint8_t rgb[3]) {
    rgb[0] = (uint8_t) (x * 3 + 10);
    rgb[1] = (uint8_t) (y * 5 + 20);
    rgb[2] = (uint8_t) ((x + y) * 7 + 30);
}

/* Draws the test picture. order[i] is which of R, G, B, A (0-3) byte i of a pixel is. */
static inline void draw_test_picture(uint8_t *frame, int width, int height, int row, const int order[4]) {
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            uint8_t rgba[4] = {0, 0, 0, 0x99};
            test_colour(x, y, rgba);
            for (int i = 0; i < 4; i++) {
                frame[y * row + x * 4 + i] = rgba[order[i]];
            }
        }
    }
}

static const int ORDER_RGBA[4] = {0, 1, 2, 3};
static const int ORDER_BGRA[4] = {2, 1, 0, 3};
static const int ORDER_ARGB[4] = {3, 0, 1, 2};

#endif
