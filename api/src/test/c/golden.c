/*
 * An emulator of the design in C, as far as bytes go: writes segments for Java to read, reads segments that Java wrote,
 * prints control lines as C programs print them, and takes control lines apart as emulators in the wild do, by
 * matching strings. What was read is printed as one "name=value" a line.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "design.h"
#include "mapping.h"

/* A byte that tells its buffer and its place. */
static uint8_t pattern(unsigned buffer, size_t at) {
    return (uint8_t) (buffer * 85 + at * 7 + (at >> 8));
}

/* 32-bit FNV-1a. */
static uint32_t hash(const uint8_t *bytes, size_t count) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < count; i++) {
        h = (h ^ bytes[i]) * 16777619u;
    }
    return h;
}

static void write_video(const char *path) {
    struct SharedVideoBuffer *video = map_file(path, sizeof *video, true);
    video->magic = 0x4D454D55;
    video->version = 1;
    video->width = 61;
    video->height = 47;
    video->stride = 61 * 4;
    for (unsigned pushed = 0; pushed < 5; pushed++) {
        unsigned next = (atomic_load(&video->write_index) + 1) % 3;
        for (size_t i = 0; i < MAX_FRAME_SIZE; i++) {
            video->frames[next][i] = pattern(next, i);
        }
        atomic_fetch_add(&video->frame_count, 1);
        atomic_store(&video->timestamp_us, UINT64_C(0x0102030405060708) + pushed);
        atomic_store(&video->write_index, next);
    }
    atomic_store(&video->read_index, 1);
}

static void read_video(const char *path) {
    struct SharedVideoBuffer *video = map_file(path, sizeof *video, false);
    printf("magic=%08" PRIX32 "\nversion=%" PRIu32 "\n", video->magic, video->version);
    printf("width=%" PRIu32 "\nheight=%" PRIu32 "\nstride=%" PRIu32 "\n", video->width, video->height, video->stride);
    printf("write_index=%u\nread_index=%u\n", atomic_load(&video->write_index), atomic_load(&video->read_index));
    printf("frame_count=%llu\ntimestamp_us=%llu\n", atomic_load(&video->frame_count),
           atomic_load(&video->timestamp_us));
    for (int i = 0; i < 3; i++) {
        printf("frame%d=%08" PRIX32 "\n", i, hash(video->frames[i], MAX_FRAME_SIZE));
    }
}

static void write_audio(const char *path) {
    struct SharedAudioBuffer *audio = map_file(path, sizeof *audio, true);
    audio->magic = 0x4D415544;
    audio->version = 1;
    audio->sample_rate = 22050;
    audio->channels = 1;
    audio->format = 1;
    audio->buffer_size = sizeof audio->ring_buffer;
    for (size_t i = 0; i < sizeof audio->ring_buffer; i++) {
        audio->ring_buffer[i] = pattern(3, i);
    }
    atomic_store(&audio->write_pos, 0xFFFFFFF0u);
    atomic_store(&audio->read_pos, 0x00010004u);
}

static void read_audio(const char *path) {
    struct SharedAudioBuffer *audio = map_file(path, sizeof *audio, false);
    printf("magic=%08" PRIX32 "\nversion=%" PRIu32 "\n", audio->magic, audio->version);
    printf("sample_rate=%" PRIu32 "\nchannels=%" PRIu32 "\nformat=%" PRIu32 "\nbuffer_size=%" PRIu32 "\n",
           audio->sample_rate, audio->channels, audio->format, audio->buffer_size);
    printf("write_pos=%u\nread_pos=%u\n", atomic_load(&audio->write_pos), atomic_load(&audio->read_pos));
    printf("ring=%08" PRIX32 "\n", hash(audio->ring_buffer, sizeof audio->ring_buffer));
}

/* The lines of the design's "Emulator -> Server", blanks as printed there. */
static void write_lines(void) {
    printf("{\"type\": \"config\", \"data\": {\"rom\": \"%s\", \"ramsize\": %d}}\n", "Quadra.ROM", 16);
    printf("{\"type\": \"storage\", \"roms\": [\"%s\"], \"disks\": [\"%s\"]}\r\n", "Quadra.ROM", "System7.img");
    printf("{\"type\": \"status\", \"running\": %s, \"fps\": %d}\n", "true", 30);
    printf("{\"type\": \"error\", \"message\": \"%s\"}\n", "Failed to save config");
    printf("{\"type\": \"ack\"}\n");
}

static int number(const char *line, const char *key) {
    const char *found = strstr(line, key);
    return found != NULL ? atoi(found + strlen(key)) : -99999;
}

static bool says(const char *line, const char *text) {
    return strstr(line, text) != NULL;
}

/* Takes the lines of standard input apart without a parser. */
static void read_lines(void) {
    static char line[65536 + 1];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "{\"type\":\"mouse_move\",\"x\":", 25) == 0) {
            printf("move=%d,%d\n", number(line, "\"x\":"), number(line, "\"y\":"));
        } else if (says(line, "\"type\":\"mouse_move\"")) {
            printf("relative=%d,%d\n", number(line, "\"dx\":"), number(line, "\"dy\":"));
        } else if (says(line, "\"type\":\"mouse_button\"")) {
            printf("button=%d,%d,%d,%s\n", number(line, "\"x\":"), number(line, "\"y\":"), number(line, "\"button\":"),
                   says(line, "\"pressed\":true") ? "down" : "up");
        } else if (says(line, "\"type\":\"mouse_wheel\"")) {
            printf("wheel=%d,%d\n", number(line, "\"dx\":"), number(line, "\"dy\":"));
        } else if (says(line, "\"type\":\"key\"")) {
            printf("key=%d,%s,%d%d%d%d,%d\n", number(line, "\"code\":"), says(line, "\"pressed\":true") ? "down" : "up",
                   says(line, "\"ctrl\":true"), says(line, "\"alt\":true"), says(line, "\"shift\":true"),
                   says(line, "\"meta\":true"), says(line, "\"location\":") ? number(line, "\"location\":") : 0);
        } else if (strncmp(line, "{\"type\":\"set_config\",\"config\":{", 31) == 0) {
            char rom[64] = "";
            const char *found = strstr(line, "\"rom\":\"");
            if (found == NULL || sscanf(found, "\"rom\":\"%63[^\"]\"", rom) != 1) {
                rom[0] = '\0';
            }
            printf("set_config=%s,%d\n", rom, number(line, "\"ramsize\":"));
        } else if (strcmp(line, "{\"type\":\"get_config\"}") == 0) {
            printf("get_config\n");
        } else if (strcmp(line, "{\"type\":\"restart\"}") == 0) {
            printf("restart\n");
        } else if (strcmp(line, "{\"type\":\"shutdown\"}") == 0) {
            printf("shutdown\n");
        } else if (strcmp(line, "{\"type\":\"storage\"}") == 0) {
            printf("storage\n");
        } else if (strcmp(line, "{\"type\":\"status\"}") == 0) {
            printf("status\n");
        } else if (strcmp(line, "{\"type\":\"error\",\"message\":\"Failed to save config\"}") == 0) {
            printf("error\n");
        } else {
            printf("unknown %s\n", line);
        }
    }
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (argc == 3 && strcmp(what, "write-video") == 0) {
        write_video(argv[2]);
    } else if (argc == 3 && strcmp(what, "read-video") == 0) {
        read_video(argv[2]);
    } else if (argc == 3 && strcmp(what, "write-audio") == 0) {
        write_audio(argv[2]);
    } else if (argc == 3 && strcmp(what, "read-audio") == 0) {
        read_audio(argv[2]);
    } else if (argc == 2 && strcmp(what, "write-lines") == 0) {
        write_lines();
    } else if (argc == 2 && strcmp(what, "read-lines") == 0) {
        read_lines();
    } else {
        fprintf(stderr,
                "usage: golden write-video|read-video|write-audio|read-audio FILE | write-lines | read-lines\n");
        return 2;
    }
    return 0;
}
