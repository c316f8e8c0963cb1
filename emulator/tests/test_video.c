#include "video.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "shm.h"

static struct shm_segment map(const char *name) {
    struct shm_segment segment;
    char error[256];
    CHECK(shm_open_video(name, 1, &segment, error) == SHM_OK);
    return segment;
}

static void draw(int width, int height, uint8_t value) {
    uint8_t *frame = video_begin_frame(width, height);
    CHECK(frame != NULL);
    if (frame != NULL) {
        memset(frame, value, (size_t) width * (size_t) height * 4);
        video_end_frame(width, height, true);
    }
}

/* The pixel bytes a reader sees. */
static int shown(const struct shm_segment *segment) {
    const struct macemu_video *header = segment->memory;
    return header->frames[header->write_index * shm_max_frame_size(segment)];
}

void test_video(void) {
    char name[64];
    strcpy(name, unique_segment("frames"));
    video_start(name);

    uint64_t before = monotonic_us();
    draw(64, 32, 11);
    struct shm_segment reader = map(name);
    const struct macemu_video *header = reader.memory;
    CHECK(shm_max_frame_size(&reader) == 1920 * 1080 * 4);
    CHECK(header->width == 64 && header->height == 32 && header->stride == 256);
    CHECK(header->frame_count == 1 && header->write_index == 1);
    CHECK(header->timestamp_us >= before && header->timestamp_us <= monotonic_us());
    CHECK(shown(&reader) == 11);
    draw(64, 32, 12);
    draw(64, 32, 13);
    CHECK(header->frame_count == 3 && header->write_index == 0 && shown(&reader) == 13);
    CHECK(video_frames_per_second() == 3);

    /* A frame that was begun but not completed changes nothing. */
    CHECK(video_begin_frame(64, 32) != NULL);
    video_end_frame(64, 32, false);
    CHECK(header->frame_count == 3 && shown(&reader) == 13);

    /* Sizes that cannot be. */
    CHECK(video_begin_frame(0, 32) == NULL);
    CHECK(video_begin_frame(64, -1) == NULL);
    CHECK(video_begin_frame(2048, 2048) == NULL);
    CHECK(video_begin_frame(16384, 16384) == NULL);
    CHECK(header->frame_count == 3);

    /* Another size in mid-stream. */
    draw(32, 16, 14);
    CHECK(header->width == 32 && header->stride == 128 && shown(&reader) == 14);
    int width, height;
    video_frame_size(&width, &height);
    CHECK(width == 32 && height == 16);

    /* Indices from a hostile or broken neighbour stay inside the segment. */
    ((struct macemu_video *) reader.memory)->write_index = 4000000000u;
    draw(32, 16, 15);
    CHECK(header->write_index == 1 && shown(&reader) == 15);

    /* The server removes the segment: the next one carries the last picture. */
    CHECK(shm_unlink(name) == 0);
    usleep(300000); /* the driver looks at most four times a second */
    video_follow_segment();
    struct shm_segment next = map(name);
    const struct macemu_video *next_header = next.memory;
    CHECK(next_header->width == 32 && next_header->height == 16 && next_header->frame_count == 1);
    CHECK(shown(&next) == 15);
    draw(32, 16, 16);
    CHECK(shown(&next) == 16 && shown(&reader) == 15);

    /* The file is cut short under the mapping: nothing is written, nothing crashes. */
    CHECK(ftruncate(next.fd, 100) == 0);
    CHECK(video_begin_frame(32, 16) == NULL);
    usleep(300000);
    CHECK(video_begin_frame(32, 16) == NULL); /* refused by its size */
    shm_unlink(name);
    usleep(300000);
    draw(32, 16, 17);
    struct shm_segment last = map(name);
    CHECK(shown(&last) == 17);
    shm_unlink(name);
    shm_close(&reader);
    shm_close(&next);
    shm_close(&last);
}
