#include "shm.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static int make_file(const char *name, off_t size) {
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    CHECK(fd >= 0);
    CHECK(ftruncate(fd, size) == 0);
    return fd;
}

static void put(int fd, const uint32_t *words, size_t count) {
    CHECK(pwrite(fd, words, count * 4, 0) == (ssize_t) (count * 4));
}

static void creates_and_adopts(void) {
    const char *name = unique_segment("create");
    struct shm_segment first, second;
    char error[256];
    CHECK(shm_open_video(name, 1000, &first, error) == SHM_OK);
    CHECK(first.size == 48 + 3 * 1000);
    struct stat status;
    CHECK(fstat(first.fd, &status) == 0 && (status.st_mode & 0777) == 0600);
    const struct macemu_video *header = first.memory;
    CHECK(header->magic == 0x4D454D55 && header->version == 1 && header->width == 0);

    CHECK(shm_open_video(name, 99999, &second, error) == SHM_OK); /* adopted: its own size counts */
    CHECK(second.size == first.size);
    CHECK(shm_max_frame_size(&second) == 1000);
    CHECK(shm_is_current(&second));
    CHECK(shm_unlink(name) == 0);
    CHECK(!shm_is_current(&second));
    shm_close(&first);
    shm_close(&second);
    CHECK(second.memory == NULL);
    shm_close(&second);
}

static void expect_video(off_t size, const uint32_t *words, size_t count, enum shm_result expected,
                         const char *message) {
    const char *name = unique_segment("video");
    int fd = make_file(name, size);
    put(fd, words, count);
    struct shm_segment segment;
    char error[256];
    CHECK(shm_open_video(name, 1000, &segment, error) == expected);
    check(strstr(error, message) != NULL, message, __FILE__, __LINE__);
    CHECK((segment.memory != NULL) == (expected == SHM_OK));
    shm_close(&segment);
    close(fd);
    shm_unlink(name);
}

static void validates_video(void) {
    const uint32_t good[] = {0x4D454D55, 1}, other_magic[] = {0x4D415544, 1}, other_version[] = {0x4D454D55, 4};
    expect_video(48 + 300, good, 2, SHM_OK, "");
    expect_video(48 + 300, other_magic, 2, SHM_ERROR,
                 "found magic 0x4D415544 version 1, expected 0x4D454D55 version 1");
    expect_video(48 + 300, other_version, 2, SHM_ERROR, "version 4, expected");
    expect_video(48 + 301, good, 2, SHM_ERROR, "349 bytes");
    expect_video(47, good, 2, SHM_ERROR, "too small");
    expect_video(48, good, 2, SHM_ERROR, "too small");
    expect_video(99532856, good, 2, SHM_ERROR, "other field offsets");
    expect_video(0, good, 0, SHM_WAIT, "empty");
    expect_video(48 + 300, good, 0, SHM_WAIT, "no magic number yet");
}

static void validates_audio(void) {
    const uint32_t good[] = {0x4D415544, 1, 22050, 1, 0, 65536}, other_ring[] = {0x4D415544, 1, 44100, 2, 0, 32768};
    const char *name = unique_segment("audio");
    struct shm_segment segment;
    char error[256];
    CHECK(shm_open_audio(name, &segment, error) == SHM_OK);
    const struct macemu_audio *header = segment.memory;
    CHECK(segment.size == 65568 && header->buffer_size == 65536 && header->channels == 2);
    shm_close(&segment);

    int fd = shm_open(name, O_RDWR, 0);
    put(fd, good, 6);
    CHECK(shm_open_audio(name, &segment, error) == SHM_OK);
    shm_close(&segment);
    put(fd, other_ring, 6);
    CHECK(shm_open_audio(name, &segment, error) == SHM_ERROR);
    CHECK(strstr(error, "buffer_size 32768, expected 65536") != NULL);
    CHECK(ftruncate(fd, 65584) == 0);
    CHECK(shm_open_audio(name, &segment, error) == SHM_ERROR);
    CHECK(strstr(error, "not 65568 bytes") != NULL);
    close(fd);
    shm_unlink(name);
}

static void notices_truncation(void) {
    const char *name = unique_segment("short");
    struct shm_segment segment;
    char error[256];
    CHECK(shm_open_video(name, 100000, &segment, error) == SHM_OK);
    CHECK(shm_is_current(&segment));
    CHECK(ftruncate(segment.fd, 4096) == 0);
    CHECK(!shm_is_current(&segment));
    shm_close(&segment);
    shm_unlink(name);
}

static void refuses_bad_names(void) {
    struct shm_segment segment;
    char error[256];
    CHECK(shm_open_video("/no/such/name", 1000, &segment, error) == SHM_ERROR);
    CHECK(strstr(error, "/no/such/name") != NULL);
}

void test_shm(void) {
    creates_and_adopts();
    validates_video();
    validates_audio();
    notices_truncation();
    refuses_bad_names();
}
