/*
 * A POSIX shared-memory segment of protocol v1: created or adopted, validated, mapped, and followed when somebody
 * replaces it. Used by video.c and audio.c, each of which serialises access with a lock of its own.
 */
#ifndef MACEMU_SHM_H
#define MACEMU_SHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc_protocol.h"

struct shm_segment {
    int fd;       /* -1 when not mapped */
    void *memory; /* NULL when not mapped */
    size_t size;  /* bytes mapped, the file's size at that time */
};

#define SHM_SEGMENT_NONE ((struct shm_segment){.fd = -1, .memory = NULL, .size = 0})

enum shm_result {
    SHM_OK,    /* mapped */
    SHM_WAIT,  /* somebody is just creating it: try again soon */
    SHM_ERROR, /* refused; the reason is in `error` */
};

/*
 * Opens the video segment of that name or creates it (mode 0600) with room for frames of max_frame_size bytes.
 * `error` (256 bytes) receives the reason of a refusal: what was found and what was expected.
 */
enum shm_result shm_open_video(const char *name, uint64_t max_frame_size, struct shm_segment *segment, char error[256]);

/* The same for the audio segment. */
enum shm_result shm_open_audio(const char *name, struct shm_segment *segment, char error[256]);

/* Unmaps and closes; harmless on a segment that is not mapped. */
void shm_close(struct shm_segment *segment);

/*
 * Whether the mapping may be written: the file still has a name and at least the size that was mapped. One fstat per
 * frame: touching a mapping of a file that was cut short would kill the process with SIGBUS.
 */
bool shm_is_current(const struct shm_segment *segment);

/* Bytes of one frame slot of a mapped video segment. */
static inline size_t shm_max_frame_size(const struct shm_segment *segment) {
    return (segment->size - MACEMU_VIDEO_HEADER_SIZE) / MACEMU_VIDEO_FRAMES;
}

#endif
