/*
 * An emulator of version 1 as first coded: shared memory in its layout, and a socket whose server speaks first. Runs
 * until the server hangs up.
 *
 * first_coded_emulator VIDEO AUDIO SOCKET make|open rgba|bgra LINES
 */
#include "emulator.h"

static struct FirstCodedVideo *video;
static struct FirstCodedAudio *audio;
static unsigned long long played;

static void show(int bgra) {
    unsigned next = (atomic_load(&video->write_index) + 1) % 3;
    draw_test_picture(video->frames[next], PICTURE_WIDTH, PICTURE_HEIGHT, PICTURE_WIDTH * 4,
                      bgra ? ORDER_BGRA : ORDER_RGBA);
    atomic_fetch_add(&video->frame_count, 1);
    atomic_store(&video->timestamp_us, (unsigned long long) now_us());
    atomic_store(&video->write_index, next);
}

static void play(unsigned frames) {
    unsigned at = atomic_load(&audio->write_pos);
    for (unsigned i = 0; i < frames; i++, played++) {
        int16_t sample = wave(played);
        for (int channel = 0; channel < 2; channel++, at += 2) {
            audio->ring_buffer[at % 65536] = (uint8_t) sample;
            audio->ring_buffer[(at + 1) % 65536] = (uint8_t) (sample >> 8);
        }
    }
    atomic_fetch_add(&audio->sample_count, frames);
    atomic_store(&audio->write_pos, at % 65536);
}

int main(int argc, char **argv) {
    if (argc != 7) {
        return 2;
    }
    int make = strcmp(argv[4], "make") == 0;
    int bgra = strcmp(argv[5], "bgra") == 0;
    video = map_file(argv[1], sizeof *video, make);
    audio = map_file(argv[2], sizeof *audio, make);
    memset(video, 0, offsetof(struct FirstCodedVideo, frames));
    video->width = PICTURE_WIDTH;
    video->height = PICTURE_HEIGHT;
    video->stride = PICTURE_WIDTH * 4;
    video->format = (uint32_t) bgra;
    video->version = 1;
    video->magic = 0x4D454D55;
    memset(audio, 0, offsetof(struct FirstCodedAudio, ring_buffer));
    audio->sample_rate = 44100;
    audio->channels = 2;
    audio->buffer_size = 65536;
    audio->version = 1;
    audio->magic = 0x4D415544;

    int control = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un to = address(argv[3]);
    if (control < 0 || connect(control, (struct sockaddr *) &to, sizeof to) != 0) {
        fail(argv[3]);
    }
    FILE *lines = fopen(argv[6], "w");
    if (lines == NULL) {
        fail(argv[6]);
    }
    for (int round = 0;; round++) {
        struct pollfd wait = {.fd = control, .events = POLLIN};
        if (poll(&wait, 1, 10) < 0) {
            fail("poll");
        }
        if (wait.revents != 0) {
            char bytes[4096];
            ssize_t got = read(control, bytes, sizeof bytes);
            if (got <= 0) {
                return 0;
            }
            fwrite(bytes, 1, (size_t) got, lines);
            fflush(lines);
        }
        play(441);
        if (round % 3 == 0) {
            show(bgra);
        }
    }
}
