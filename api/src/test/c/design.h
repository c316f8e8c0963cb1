/*
 * The segments as the design writes them down, for C. The fields and their order are the design's; the offsets are
 * those that the protocol's documentation gives.
 */
#ifndef DESIGN_H
#define DESIGN_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#ifndef MAX_FRAME_SIZE
#define MAX_FRAME_SIZE (64 * 48 * 4)
#endif

struct SharedVideoBuffer {
    uint32_t magic;   /* 0x4D454D55 "MEMU" */
    uint32_t version; /* 1 */
    uint32_t width;
    uint32_t height;
    uint32_t stride;
    atomic_uint write_index;
    atomic_uint read_index;
    atomic_ullong frame_count;
    atomic_ullong timestamp_us;
    uint8_t frames[3][MAX_FRAME_SIZE];
};

struct SharedAudioBuffer {
    uint32_t magic;   /* 0x4D415544 "MAUD" */
    uint32_t version; /* 1 */
    uint32_t sample_rate;
    uint32_t channels;
    uint32_t format;
    uint32_t buffer_size;
    atomic_uint write_pos;
    atomic_uint read_pos;
    uint8_t ring_buffer[65536];
};

#define AT(structure, field, offset) \
    _Static_assert(offsetof(struct structure, field) == (offset), #structure "." #field)

AT(SharedVideoBuffer, magic, 0);
AT(SharedVideoBuffer, version, 4);
AT(SharedVideoBuffer, width, 8);
AT(SharedVideoBuffer, height, 12);
AT(SharedVideoBuffer, stride, 16);
AT(SharedVideoBuffer, write_index, 20);
AT(SharedVideoBuffer, read_index, 24);
AT(SharedVideoBuffer, frame_count, 32);
AT(SharedVideoBuffer, timestamp_us, 40);
AT(SharedVideoBuffer, frames, 48);
_Static_assert(sizeof(struct SharedVideoBuffer) == 48 + 3 * MAX_FRAME_SIZE, "the whole video segment");

AT(SharedAudioBuffer, magic, 0);
AT(SharedAudioBuffer, version, 4);
AT(SharedAudioBuffer, sample_rate, 8);
AT(SharedAudioBuffer, channels, 12);
AT(SharedAudioBuffer, format, 16);
AT(SharedAudioBuffer, buffer_size, 20);
AT(SharedAudioBuffer, write_pos, 24);
AT(SharedAudioBuffer, read_pos, 28);
AT(SharedAudioBuffer, ring_buffer, 32);
_Static_assert(sizeof(struct SharedAudioBuffer) == 65568, "the whole audio segment");

#endif
