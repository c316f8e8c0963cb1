#include "audio.h"

#include <SDL.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "check.h"
#include "shm.h"

static void big_endian_is_swapped_once(const struct macemu_audio *header) {
    const struct audio_format format = {AUDIO_S16MSB, 2, 44100, 4096};
    CHECK(audio_set_format(&format));
    CHECK(header->sample_rate == 44100 && header->channels == 2 && header->format == 0 && header->buffer_size == 65536);
    uint32_t start = header->write_pos;
    const uint8_t samples[8] = {0x12, 0x34, 0x80, 0x00, 0x7f, 0xff, 0xff, 0xfe};
    audio_publish(samples, sizeof samples);
    CHECK(header->write_pos == start + 8);
    int16_t published[4];
    memcpy(published, header->ring_buffer + start % 65536, 8);
    CHECK(published[0] == 0x1234 && published[1] == -32768 && published[2] == 32767 && published[3] == -2);
}

static void mono_becomes_stereo(const struct macemu_audio *header) {
    const struct audio_format format = {AUDIO_S16LSB, 1, 22050, 1024};
    CHECK(audio_set_format(&format));
    CHECK(header->sample_rate == 22050 && header->channels == 2);
    uint32_t start = header->write_pos;
    const int16_t samples[2] = {1000, -1000};
    audio_publish(samples, sizeof samples);
    int16_t published[4];
    memcpy(published, header->ring_buffer + start % 65536, 8);
    CHECK(header->write_pos == start + 8);
    for (int i = 0; i < 4; i++) { /* SDL converts by way of floats: one step of rounding */
        CHECK(abs(published[i] - samples[i / 2]) <= 1);
    }
}

/* Nobody reads: the ring goes round by whole sample frames, in order, and never stops. */
static void overrun_keeps_sample_frames(struct macemu_audio *header) {
    const struct audio_format format = {AUDIO_S16LSB, 2, 44100, 999 * 4};
    CHECK(audio_set_format(&format));
    uint32_t start = header->write_pos;
    static int16_t block[999 * 2];
    int next = 0;
    for (int i = 0; i < 100; i++) {
        for (int frame = 0; frame < 999; frame++, next++) {
            block[2 * frame] = (int16_t) next;
            block[2 * frame + 1] = (int16_t) ~next;
        }
        audio_publish(block, sizeof block);
    }
    CHECK(header->write_pos == start + 100u * 999u * 4u);
    bool whole = true;
    for (int back = 1; back <= 65536 / 4; back++) {
        int16_t frame[2];
        memcpy(frame, header->ring_buffer + (header->write_pos - 4u * (uint32_t) back) % 65536, 4);
        whole &= frame[0] == (int16_t) (next - back) && frame[1] == (int16_t) ~(next - back);
    }
    CHECK(whole);

    /* A position that lies inside a sample frame is put right before anything is written. */
    header->write_pos = 65533;
    audio_publish(block, 8);
    CHECK(header->write_pos == 65532 + 8);
}

/* More at once than the ring or the announced block holds. */
static void long_blocks_are_taken_in_pieces(const struct macemu_audio *header) {
    static uint8_t samples[300000];
    uint32_t start = header->write_pos;
    audio_publish(samples, sizeof samples);
    CHECK(header->write_pos == start + sizeof samples);
}

void test_audio(void) {
    char name[64];
    strcpy(name, unique_segment("sound"));
    audio_start(name);
    audio_follow_segment();
    struct shm_segment reader;
    char error[256];
    CHECK(shm_open_audio(name, &reader, error) == SHM_OK);
    if (reader.memory != NULL) {
        big_endian_is_swapped_once(reader.memory);
        mono_becomes_stereo(reader.memory);
        overrun_keeps_sample_frames(reader.memory);
        long_blocks_are_taken_in_pieces(reader.memory);
    }
    shm_close(&reader);
    shm_unlink(name);
}
