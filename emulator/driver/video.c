#include "video.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "shm.h"

#define REOPEN_INTERVAL_US 250000u
#define HISTORY 128u /* time stamps kept for the rate: above the fastest display of 120 Hz */

static struct {
    pthread_mutex_t lock;
    const char *name;
    struct shm_segment segment;
    uint64_t next_open_us;
    int width, height;
    uint32_t slot;
    uint64_t history[HISTORY];
    uint32_t published;
    char last_complaint[256];
} video = {.lock = PTHREAD_MUTEX_INITIALIZER, .segment = {.fd = -1}};

uint64_t monotonic_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000000u + (uint64_t) now.tv_nsec / 1000u;
}

void video_start(const char *segment_name) {
    video.name = segment_name;
}

static uint32_t current_slot(const struct macemu_video *header) {
    uint32_t slot = atomic_load_explicit(&header->write_index, memory_order_relaxed);
    return slot < MACEMU_VIDEO_FRAMES ? slot : 0; /* the other side may have written anything */
}

static void set_geometry(struct macemu_video *header, int width, int height) {
    header->width = (uint32_t) width;
    header->height = (uint32_t) height;
    header->stride = (uint32_t) width * 4u;
}

static void publish(struct macemu_video *header, uint32_t slot, uint64_t now) {
    atomic_fetch_add_explicit(&header->frame_count, 1, memory_order_relaxed);
    atomic_store_explicit(&header->timestamp_us, now, memory_order_relaxed);
    atomic_store_explicit(&header->write_index, slot, memory_order_release);
    syscall(SYS_futex, &header->write_index, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Shows the last picture of the old segment in the new one. */
static void carry_over(const struct shm_segment *from, const struct shm_segment *to) {
    size_t bytes = (size_t) video.width * (size_t) video.height * 4u;
    if (bytes == 0 || bytes > shm_max_frame_size(from) || bytes > shm_max_frame_size(to)) {
        return;
    }
    const struct macemu_video *old = from->memory;
    struct macemu_video *header = to->memory;
    uint32_t slot = (current_slot(header) + 1) % MACEMU_VIDEO_FRAMES;
    memcpy(header->frames + slot * shm_max_frame_size(to),
           old->frames + current_slot(old) * shm_max_frame_size(from), bytes);
    set_geometry(header, video.width, video.height);
    publish(header, slot, monotonic_us());
}

/* Makes sure that the mapping is the file of that name. Called with the lock held. */
static bool ensure_segment(void) {
    if (shm_is_current(&video.segment)) {
        return true;
    }
    uint64_t now = monotonic_us();
    if (now < video.next_open_us) {
        return false;
    }
    video.next_open_us = now + REOPEN_INTERVAL_US;

    struct shm_segment fresh;
    char error[256];
    if (shm_open_video(video.name, MACEMU_DEFAULT_MAX_FRAME_SIZE, &fresh, error) != SHM_OK) {
        if (error[0] != '\0') {
            log_once(video.last_complaint, "%s", error);
        }
        return false;
    }
    if (video.segment.memory != NULL) {
        /* An unlinked file keeps its pages; one that was cut short does not. */
        off_t kept = lseek(video.segment.fd, 0, SEEK_END);
        if (kept >= 0 && (uint64_t) kept >= video.segment.size) {
            carry_over(&video.segment, &fresh);
        }
        shm_close(&video.segment);
    }
    video.segment = fresh;
    video.last_complaint[0] = '\0';
    log_line("video segment %s: frames of up to %zu bytes", video.name, shm_max_frame_size(&video.segment));
    return true;
}

void video_follow_segment(void) {
    pthread_mutex_lock(&video.lock);
    ensure_segment();
    pthread_mutex_unlock(&video.lock);
}

uint8_t *video_begin_frame(int width, int height) {
    if (video.name == NULL || width <= 0 || height <= 0 || width > 16384 || height > 16384) {
        return NULL;
    }
    pthread_mutex_lock(&video.lock);
    if (!ensure_segment()) {
        pthread_mutex_unlock(&video.lock);
        return NULL;
    }
    size_t capacity = shm_max_frame_size(&video.segment);
    if ((size_t) width * (size_t) height * 4u > capacity) {
        log_once(video.last_complaint, "a frame of %dx%d needs %zu bytes, but the segment holds %zu: not published",
                 width, height, (size_t) width * (size_t) height * 4u, capacity);
        pthread_mutex_unlock(&video.lock);
        return NULL;
    }
    struct macemu_video *header = video.segment.memory;
    video.slot = (current_slot(header) + 1) % MACEMU_VIDEO_FRAMES;
    return header->frames + video.slot * capacity;
}

void video_end_frame(int width, int height, bool complete) {
    if (complete) {
        struct macemu_video *header = video.segment.memory;
        uint64_t now = monotonic_us();
        set_geometry(header, width, height);
        publish(header, video.slot, now);
        if (width != video.width || height != video.height) {
            log_line("picture %dx%d", width, height);
            video.width = width;
            video.height = height;
            video.last_complaint[0] = '\0';
        }
        video.history[video.published++ % HISTORY] = now;
    }
    pthread_mutex_unlock(&video.lock);
}

void video_frame_size(int *width, int *height) {
    pthread_mutex_lock(&video.lock);
    *width = video.width;
    *height = video.height;
    pthread_mutex_unlock(&video.lock);
}

int video_frames_per_second(void) {
    int frames = 0;
    pthread_mutex_lock(&video.lock);
    uint64_t now = monotonic_us();
    uint32_t kept = video.published < HISTORY ? video.published : HISTORY;
    for (uint32_t i = 0; i < kept; i++) {
        if (now - video.history[i] < 1000000u) {
            frames++;
        }
    }
    pthread_mutex_unlock(&video.lock);
    return frames;
}
