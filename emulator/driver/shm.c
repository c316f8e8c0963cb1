#include "shm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first two words are the same in both segments. */
struct preamble {
    _Atomic uint32_t magic;
    _Atomic uint32_t version;
};

/* Why a file of this size cannot be the segment, or NULL. */
typedef const char *(*size_check)(uint64_t size);

static const char *check_video_size(uint64_t size) {
    /* A known dialect has the same magic and version but other offsets; its file size gives it away. */
    if (size == 99532856u) {
        return "a segment of the first C++ server (other field offsets)";
    }
    if (size < MACEMU_VIDEO_HEADER_SIZE + MACEMU_VIDEO_FRAMES * 4u) {
        return "too small for one pixel";
    }
    if ((size - MACEMU_VIDEO_HEADER_SIZE) % MACEMU_VIDEO_FRAMES != 0) {
        return "not 48 bytes and three frames of equal size";
    }
    return NULL;
}

static const char *check_audio_size(uint64_t size) {
    return size == sizeof(struct macemu_audio) ? NULL : "not 65568 bytes";
}

static bool map_whole(int fd, size_t size, struct shm_segment *segment) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    *segment = (struct shm_segment){.fd = fd, .memory = memory, .size = size};
    return true;
}

/* Creates the file with a zeroed header; the caller writes the magic number last. */
static enum shm_result create(const char *name, uint64_t size, struct shm_segment *segment, char error[256]) {
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        if (errno == EEXIST) {
            return SHM_WAIT;
        }
        snprintf(error, 256, "shared memory %s cannot be created: %s", name, strerror(errno));
        return SHM_ERROR;
    }
    if (ftruncate(fd, (off_t) size) != 0 || !map_whole(fd, size, segment)) {
        snprintf(error, 256, "shared memory %s cannot get %llu bytes: %s", name, (unsigned long long) size,
                 strerror(errno));
        shm_unlink(name);
        close(fd);
        return SHM_ERROR;
    }
    return SHM_OK;
}

static enum shm_result open_existing(const char *name, uint32_t magic, size_check check, struct shm_segment *segment,
                                     char error[256]) {
    int fd = shm_open(name, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) {
        if (errno == ENOENT) {
            return SHM_WAIT;
        }
        snprintf(error, 256, "shared memory %s cannot be opened: %s", name, strerror(errno));
        return SHM_ERROR;
    }
    struct stat status;
    if (fstat(fd, &status) != 0) {
        snprintf(error, 256, "shared memory %s cannot be examined: %s", name, strerror(errno));
        close(fd);
        return SHM_ERROR;
    }
    uint64_t size = (uint64_t) status.st_size;
    if (size == 0) { /* its creator has not given it a size yet */
        snprintf(error, 256, "shared memory %s is empty", name);
        close(fd);
        return SHM_WAIT;
    }
    const char *wrong = check(size);
    if (wrong != NULL) {
        snprintf(error, 256, "shared memory %s is refused: found %llu bytes, which is %s", name,
                 (unsigned long long) size, wrong);
        close(fd);
        return SHM_ERROR;
    }
    if (!map_whole(fd, size, segment)) {
        snprintf(error, 256, "shared memory %s cannot be mapped: %s", name, strerror(errno));
        close(fd);
        return SHM_ERROR;
    }
    struct preamble *preamble = segment->memory;
    uint32_t found_magic = atomic_load_explicit(&preamble->magic, memory_order_acquire);
    uint32_t found_version = atomic_load_explicit(&preamble->version, memory_order_relaxed);
    if (found_magic == 0) { /* its creator writes the magic number last */
        snprintf(error, 256, "shared memory %s has no magic number yet", name);
        shm_close(segment);
        return SHM_WAIT;
    }
    if (found_magic != magic || found_version != MACEMU_PROTOCOL_VERSION) {
        snprintf(error, 256, "shared memory %s is refused: found magic 0x%08X version %u, expected 0x%08X version %u",
                 name, found_magic, found_version, magic, MACEMU_PROTOCOL_VERSION);
        shm_close(segment);
        return SHM_ERROR;
    }
    return SHM_OK;
}

static void publish_magic(struct shm_segment *segment, uint32_t magic) {
    struct preamble *preamble = segment->memory;
    atomic_store_explicit(&preamble->version, MACEMU_PROTOCOL_VERSION, memory_order_relaxed);
    atomic_store_explicit(&preamble->magic, magic, memory_order_release);
}

enum shm_result shm_open_video(const char *name, uint64_t max_frame_size, struct shm_segment *segment,
                               char error[256]) {
    *segment = SHM_SEGMENT_NONE;
    error[0] = '\0';
    enum shm_result result = open_existing(name, MACEMU_VIDEO_MAGIC, check_video_size, segment, error);
    if (result != SHM_WAIT || error[0] != '\0') {
        return result;
    }
    result = create(name, macemu_video_segment_size(max_frame_size), segment, error);
    if (result == SHM_OK) {
        publish_magic(segment, MACEMU_VIDEO_MAGIC);
    }
    return result;
}

enum shm_result shm_open_audio(const char *name, struct shm_segment *segment, char error[256]) {
    *segment = SHM_SEGMENT_NONE;
    error[0] = '\0';
    enum shm_result result = open_existing(name, MACEMU_AUDIO_MAGIC, check_audio_size, segment, error);
    if (result == SHM_OK) {
        const struct macemu_audio *audio = segment->memory;
        if (audio->buffer_size != MACEMU_AUDIO_RING_SIZE) {
            snprintf(error, 256, "shared memory %s is refused: found buffer_size %u, expected %u", name,
                     audio->buffer_size, MACEMU_AUDIO_RING_SIZE);
            shm_close(segment);
            return SHM_ERROR;
        }
        return SHM_OK;
    }
    if (result != SHM_WAIT || error[0] != '\0') {
        return result;
    }
    result = create(name, sizeof(struct macemu_audio), segment, error);
    if (result == SHM_OK) {
        struct macemu_audio *audio = segment->memory;
        audio->channels = 2;
        audio->sample_rate = 44100;
        audio->format = MACEMU_AUDIO_FORMAT_S16LE;
        audio->buffer_size = MACEMU_AUDIO_RING_SIZE;
        publish_magic(segment, MACEMU_AUDIO_MAGIC);
    }
    return result;
}

void shm_close(struct shm_segment *segment) {
    if (segment->memory != NULL) {
        munmap(segment->memory, segment->size);
    }
    if (segment->fd >= 0) {
        close(segment->fd);
    }
    *segment = SHM_SEGMENT_NONE;
}

bool shm_is_current(const struct shm_segment *segment) {
    struct stat status;
    return segment->fd >= 0 && fstat(segment->fd, &status) == 0 && status.st_nlink > 0
            && (uint64_t) status.st_size >= segment->size;
}
